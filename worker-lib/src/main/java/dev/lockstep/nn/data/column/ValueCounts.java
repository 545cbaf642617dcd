package dev.lockstep.nn.data.column;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often numbers occur, in bounded memory: exact for up to {@link #MOST} distinct numbers. Of more, neighbours are
 * counted together: numbers that agree in all but the last {@code level} bits of their binary form, with the least
 * level at which no more than {@link #MOST} differ. So what is counted together depends on the numbers alone, not on
 * the parts they came in: a part never needs a higher level than the whole.
 *
 * <p>A number that stands for its neighbours is off by less than {@code 2^(level - 53)} of itself.
 */
final class ValueCounts implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The most distinct numbers that are counted one by one. */
    static final int MOST = 1 << 14;

    private HashMap<Long, Long> counts = new HashMap<>();
    private int level;
    private long count;

    void add(double x) {
        count++;
        counts.merge(key(x) >> level, 1L, Long::sum);
        coarsen();
    }

    void merge(ValueCounts other) {
        int common = Math.max(level, other.level);
        HashMap<Long, Long> merged = new HashMap<>();
        counts.forEach((key, n) -> merged.merge(key >> common - level, n, Long::sum));
        other.counts.forEach((key, n) -> merged.merge(key >> common - other.level, n, Long::sum));
        counts = merged;
        level = common;
        count = Math.addExact(count, other.count);
        coarsen();
    }

    private void coarsen() {
        while (counts.size() > MOST) {
            level++;
            HashMap<Long, Long> coarser = new HashMap<>();
            counts.forEach((key, n) -> coarser.merge(key >> 1, n, Long::sum));
            counts = coarser;
        }
    }

    /** A whole number that is greater for a greater number. */
    private static long key(double x) {
        long bits = Double.doubleToRawLongBits(x);
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    private double value(long key) {
        long middle = level == 0 ? key : (key << level) + (1L << level - 1);
        return Double.longBitsToDouble(middle ^ middle >> 63 & Long.MAX_VALUE);
    }

    /** The number in the middle, or the mean of the two there. */
    double median() {
        double upper = at(count / 2);
        return count % 2 == 1 ? upper : at(count / 2 - 1) / 2 + upper / 2;
    }

    /** The least number that at least {@code part / whole} of the numbers do not exceed. */
    double quantile(int part, int whole) {
        return at(Math.max(0, (Math.multiplyExact(count, (long) part) + whole - 1) / whole - 1));
    }

    /** How many numbers lie in bins of equal width from the least number to the greatest. */
    long[] histogram(double least, double greatest, int bins) {
        long[] found = new long[bins];
        counts.forEach((key, n) -> {
            double share = greatest > least ? (value(key) - least) / (greatest - least) : 0;
            found[(int) Math.max(0, Math.min(bins - 1, Math.floor(share * bins)))] += n;
        });
        return found;
    }

    /** The number at a place, from 0, in increasing order. */
    private double at(long place) {
        long seen = 0;
        for (Map.Entry<Long, Long> entry : new TreeMap<>(counts).entrySet()) {
            seen += entry.getValue();
            if (seen > place) {
                return value(entry.getKey());
            }
        }
        throw new IllegalStateException("no number " + place + " of " + count);
    }

    /**
     * The number that occurs most often; of several the least.
     *
     * @throws IllegalArgumentException if there are too many to count them one by one
     */
    double mostFrequent() {
        if (level > 0) {
            throw new IllegalArgumentException("missing: mostFrequent counts at most " + MOST
                    + " distinct numbers, the training rows have more; use median or mean");
        }
        long most = 0;
        double found = Double.NaN;
        for (Map.Entry<Long, Long> entry : new TreeMap<>(counts).entrySet()) {
            if (entry.getValue() > most) {
                most = entry.getValue();
                found = value(entry.getKey());
            }
        }
        return found;
    }
}
