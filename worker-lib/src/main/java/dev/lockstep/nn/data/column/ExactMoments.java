package dev.lockstep.nn.data.column;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * Count, mean and variance of numbers. The sums {@code S} of the numbers and {@code Q} of their squares are exact;
 * {@code S / n} and {@code (n Q - S^2) / n^2}, in whole numbers, are rounded when they are asked for and at no time
 * before. Whatever parts the numbers come in, and in whatever order, the bits are the same.
 */
final class ExactMoments implements Serializable {
    private static final long serialVersionUID = 1L;

    /** More digits than a double has, so the rounding to a double is all that counts. */
    private static final MathContext PRECISION = new MathContext(50);

    private final ExactSum sum = new ExactSum();
    private final ExactSum squares = new ExactSum();
    private long count;
    /** What {@link #add(double, long)} added. */
    private BigInteger repeatedSum = BigInteger.ZERO;

    private BigInteger repeatedSquares = BigInteger.ZERO;

    void add(double x) {
        count++;
        sum.add(x);
        squares.addSquare(x);
    }

    /** Adds a number so many times. */
    void add(double x, long times) {
        ExactSum one = new ExactSum();
        one.add(x);
        ExactSum square = new ExactSum();
        square.addSquare(x);
        count += times;
        repeatedSum = repeatedSum.add(one.units().multiply(BigInteger.valueOf(times)));
        repeatedSquares = repeatedSquares.add(square.units().multiply(BigInteger.valueOf(times)));
    }

    void merge(ExactMoments other) {
        count = Math.addExact(count, other.count);
        sum.merge(other.sum);
        squares.merge(other.squares);
        repeatedSum = repeatedSum.add(other.repeatedSum);
        repeatedSquares = repeatedSquares.add(other.repeatedSquares);
    }

    long count() {
        return count;
    }

    private BigInteger sumUnits() {
        return sum.units().add(repeatedSum);
    }

    /** The mean; there must be a number. */
    double mean() {
        return quotient(sumUnits(), BigInteger.valueOf(count).shiftLeft(ExactSum.FRACTION_BITS));
    }

    /** The variance of the numbers as the whole population; there must be a number. */
    double variance() {
        BigInteger n = BigInteger.valueOf(count);
        BigInteger s = sumUnits();
        BigInteger q = squares.units().add(repeatedSquares).shiftLeft(ExactSum.FRACTION_BITS);
        BigInteger spread = n.multiply(q).subtract(s.multiply(s));
        return quotient(spread, n.multiply(n).shiftLeft(2 * ExactSum.FRACTION_BITS));
    }

    private static double quotient(BigInteger numerator, BigInteger denominator) {
        return new BigDecimal(numerator)
                .divide(new BigDecimal(denominator), PRECISION)
                .doubleValue();
    }
}
