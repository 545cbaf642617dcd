package dev.lockstep.nn.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The frequencies of keys, in bounded memory, and the cuts that give the parts the requested shares. Exact for up to
 * {@link #MOST} distinct keys; of more, those that agree in all but the last bits are counted as one, with the fewest
 * bits that suffice. So the counts follow from the keys alone, not from the parts they came in.
 */
public final class KeyCounts implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The most distinct keys that are counted one by one. */
    static final int MOST = 1 << 14;

    private HashMap<Long, Long> counts = new HashMap<>();
    private int level;

    /** Counts a key. */
    public void add(long key) {
        counts.merge(key >> level, 1L, Long::sum);
        coarsen();
    }

    /** Adds the counts of other rows. */
    public void merge(KeyCounts other) {
        int common = Math.max(level, other.level);
        HashMap<Long, Long> merged = new HashMap<>();
        counts.forEach((key, n) -> merged.merge(key >> common - level, n, Long::sum));
        other.counts.forEach((key, n) -> merged.merge(key >> common - other.level, n, Long::sum));
        counts = merged;
        level = common;
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

    /** How many different keys there are, as far as they are distinguished. */
    public int distinct() {
        return counts.size();
    }

    /** How many keys there are. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Where to cut the keys in increasing order.
     *
     * @param inside whether each part is to have a key, if there are keys enough
     * @param shares which share of the keys is to be below each cut, in increasing order
     * @return for each share the first key that is not below its cut: the one that comes nearest to the share; the
     *     earlier of two
     */
    public long[] cuts(boolean inside, double... shares) {
        List<Map.Entry<Long, Long>> sorted = List.copyOf(new TreeMap<>(counts).entrySet());
        double total = total();
        int edge = inside && sorted.size() > 1 ? 1 : 0;
        long[] cuts = new long[shares.length];
        for (int i = 0; i < shares.length; i++) {
            double nearest = Double.POSITIVE_INFINITY;
            long below = 0;
            for (int at = 0; at <= sorted.size(); at++) {
                double distance = Math.abs(below / total - shares[i]);
                if (distance < nearest && at >= edge && at <= sorted.size() - edge) {
                    nearest = distance;
                    cuts[i] = at == sorted.size()
                            ? Long.MAX_VALUE
                            : sorted.get(at).getKey() << level;
                }
                below += at == sorted.size() ? 0 : sorted.get(at).getValue();
            }
        }
        return cuts;
    }

    /** The part of the keys that a key is in: how many of the cuts are not above it. */
    public static int part(long[] cuts, long key) {
        return (int) Arrays.stream(cuts).filter(cut -> cut <= key).count();
    }
}
