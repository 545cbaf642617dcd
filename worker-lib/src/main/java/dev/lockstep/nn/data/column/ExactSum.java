package dev.lockstep.nn.data.column;

import java.io.Serializable;
import java.math.BigInteger;

/**
 * A sum of numbers, and of squares, without any rounding: a fixed-point number wide enough for all finite doubles and
 * their squares (a superaccumulator; Kulisch 1971). So neither order nor grouping shows in it.
 */
final class ExactSum implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The sum counts units of 2^-2148, the square of the least double. */
    static final int FRACTION_BITS = 2 * 1074;

    private static final int LIMB_BITS = 32;
    private static final long LIMB_MASK = 0xFFFFFFFFL;
    /** A greatest square has 2 x 1024 bits before the point; 64 bits of sums of 2^63 of them. */
    private static final int LIMBS = (FRACTION_BITS + 2 * 1024 + 64) / LIMB_BITS + 2;

    /** A limb takes in less than 2^34 an addition; this many cannot overflow it. */
    private static final int MOST_PENDING = 1 << 28;

    private static final int MANTISSA_BITS = 52;
    private static final long MANTISSA_MASK = (1L << MANTISSA_BITS) - 1;

    private final long[] limbs = new long[LIMBS];
    private int pending;

    /** Adds a finite number. */
    void add(double x) {
        long mantissa = mantissa(x);
        addScaled(0, mantissa, exponent(x), x < 0);
    }

    /** Adds the square of a finite number. */
    void addSquare(double x) {
        long mantissa = mantissa(x);
        addScaled(Math.multiplyHigh(mantissa, mantissa), mantissa * mantissa, 2 * exponent(x), false);
    }

    private static long mantissa(double x) {
        long bits = Double.doubleToRawLongBits(x);
        boolean subnormal = (bits >>> MANTISSA_BITS & 0x7FF) == 0;
        return (bits & MANTISSA_MASK) | (subnormal ? 0 : 1L << MANTISSA_BITS);
    }

    /** The number is its mantissa times 2 to this. */
    private static int exponent(double x) {
        int biased = (int) (Double.doubleToRawLongBits(x) >>> MANTISSA_BITS & 0x7FF);
        return Math.max(1, biased) - 1075;
    }

    /** Adds a number of 128 bits, without sign, times 2 to an exponent. */
    private void addScaled(long high, long low, int exponent, boolean negative) {
        int bit = exponent + FRACTION_BITS;
        int limb = bit / LIMB_BITS;
        int shift = bit % LIMB_BITS;
        addPart(limb, low & LIMB_MASK, shift, negative);
        addPart(limb + 1, low >>> LIMB_BITS, shift, negative);
        addPart(limb + 2, high & LIMB_MASK, shift, negative);
        addPart(limb + 3, high >>> LIMB_BITS, shift, negative);
        pending++;
        if (pending == MOST_PENDING) {
            carry();
        }
    }

    private void addPart(int limb, long part, int shift, boolean negative) {
        if (part == 0) {
            return;
        }
        long shifted = part << shift;
        long lower = shifted & LIMB_MASK;
        long upper = shifted >>> LIMB_BITS;
        limbs[limb] += negative ? -lower : lower;
        limbs[limb + 1] += negative ? -upper : upper;
    }

    /** Leaves 32 bits in each limb but the last. */
    private void carry() {
        for (int i = 0; i < LIMBS - 1; i++) {
            limbs[i + 1] += limbs[i] >> LIMB_BITS;
            limbs[i] &= LIMB_MASK;
        }
        pending = 0;
    }

    /** Adds another sum. */
    void merge(ExactSum other) {
        carry();
        other.carry();
        for (int i = 0; i < LIMBS; i++) {
            limbs[i] += other.limbs[i];
        }
        pending = 1;
    }

    /** The sum in units of 2^-{@link #FRACTION_BITS}. */
    BigInteger units() {
        BigInteger units = BigInteger.ZERO;
        for (int i = LIMBS - 1; i >= 0; i--) {
            units = units.shiftLeft(LIMB_BITS).add(BigInteger.valueOf(limbs[i]));
        }
        return units;
    }
}
