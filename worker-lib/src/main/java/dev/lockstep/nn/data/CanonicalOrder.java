package dev.lockstep.nn.data;

import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order of rows that depends on nothing but the rows and the job's seed: by the 64-bit {@link ContentHash} of the
 * packed row, unsigned, then by content (the raw bits of its floats as unsigned numbers, the first difference decides).
 * Rows that are equal in all of that are interchangeable.
 *
 * <p>Padding is no part of a row: where rows have lengths of their own, the hash is that of the valid steps' features,
 * the targets up to the last one that is not +0, weight and length. So rows padded to more steps keep their order.
 *
 * <p>With {@code N} rows in that order, shard {@code s} of {@code S} owns rows {@code floor(s N / S)} to
 * {@code floor((s + 1) N / S) - 1}: sizes differ by at most one.
 */
public final class CanonicalOrder {
    private CanonicalOrder() {}

    /** The seed of the hash that orders the rows of a job with this seed. */
    public static long hashSeed(long seed) {
        return StreamKey.key(seed, Purpose.DERIVED_SEED);
    }

    /** The hash of a row's features, its key outside training, for a job with this seed. */
    public static long rowKey(RowLayout layout, float[] values, int at, long hashSeed) {
        int features = layout.padded()
                ? layout.validFeatures(values, at)
                : layout.features().size();
        return ContentHash.hash(values, at, features, hashSeed);
    }

    /** The hash of a packed row. */
    public static long hash(RowLayout layout, float[] values, int at, long hashSeed) {
        if (!layout.padded()) {
            return ContentHash.hash(values, at, layout.width(), hashSeed);
        }
        int features = layout.validFeatures(values, at);
        int from = at + layout.targetOffset();
        int targets = layout.target().size();
        int rest = layout.width() - layout.targetOffset() - targets;
        int end = from + targets;
        while (end > from && Float.floatToRawIntBits(values[end - 1]) == 0) {
            end--;
        }
        float[] content = new float[features + end - from + rest];
        System.arraycopy(values, at, content, 0, features);
        System.arraycopy(values, from, content, features, end - from);
        System.arraycopy(values, from + targets, content, features + end - from, rest);
        return ContentHash.hash(content, 0, content.length, hashSeed);
    }

    /** First canonical row of a shard; for {@code shard == shards} the number of rows. */
    public static long firstRow(int shard, int shards, long rows) {
        return Math.multiplyExact(shard, rows) / shards;
    }

    /** The shard that owns a canonical row. */
    public static int shardOf(long row, int shards, long rows) {
        return Math.toIntExact((Math.multiplyExact(row + 1, (long) shards) - 1) / rows);
    }

    /**
     * The canonical order of packed rows.
     *
     * @param layout how they are packed
     * @param values read: the rows
     * @param rows how many
     * @param hashSeed see {@link #hashSeed}
     * @return the numbers of the rows in canonical order
     */
    public static int[] sort(RowLayout layout, float[] values, int rows, long hashSeed) {
        long[] hashes = new long[rows];
        for (int row = 0; row < rows; row++) {
            hashes[row] = hash(layout, values, row * layout.width(), hashSeed);
        }
        return sort(hashes, values, rows, layout.width());
    }

    /** As {@link #sort(RowLayout, float[], int, long)}, with the rows' hashes already known. */
    public static int[] sort(long[] hashes, float[] values, int rows, int width) {
        // Sorting longs that hold the upper bits of the hash and the row's number is several times faster than sorting
        // row numbers by a comparator; what the upper bits leave open is sorted afterwards.
        int numberBits = 32 - Integer.numberOfLeadingZeros(Math.max(1, rows - 1));
        long numberMask = (1L << numberBits) - 1;
        long[] keys = new long[rows];
        for (int row = 0; row < rows; row++) {
            keys[row] = (hashes[row] ^ Long.MIN_VALUE) & ~numberMask | row;
        }
        Arrays.sort(keys);
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = (int) (keys[i] & numberMask);
        }
        for (int from = 0; from < rows; ) {
            int to = from + 1;
            while (to < rows && (keys[to] ^ keys[from]) >>> numberBits == 0) {
                to++;
            }
            if (to - from > 1) {
                sortRange(order, from, to, hashes, values, width);
            }
            from = to;
        }
        return order;
    }

    private static void sortRange(int[] order, int from, int to, long[] hashes, float[] values, int width) {
        Integer[] range = new Integer[to - from];
        for (int i = 0; i < range.length; i++) {
            range[i] = order[from + i];
        }
        Arrays.sort(range, (left, right) -> {
            int byHash = Long.compareUnsigned(hashes[left], hashes[right]);
            return byHash != 0 ? byHash : compareContent(values, left * width, values, right * width, width);
        });
        for (int i = 0; i < range.length; i++) {
            order[from + i] = range[i];
        }
    }

    /** Compares two packed rows by content alone; 0 exactly if they are equal in all bits. */
    public static int compareContent(float[] left, int leftAt, float[] right, int rightAt, int width) {
        for (int i = 0; i < width; i++) {
            int compared = Integer.compareUnsigned(
                    Float.floatToRawIntBits(left[leftAt + i]), Float.floatToRawIntBits(right[rightAt + i]));
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }

    /**
     * Cuts rows in memory into canonical shards; what a cluster must agree with.
     *
     * @param layout how the rows are packed
     * @param given read: the rows, in any order; features of steps that are not valid may hold anything
     * @param rows how many
     * @param shards how many shards to make
     * @param seed the job's seed
     */
    public static List<MemoryShard> shards(RowLayout layout, float[] given, int rows, int shards, long seed) {
        int width = layout.width();
        float[] values = layout.padded() ? given.clone() : given;
        for (int row = 0; layout.padded() && row < rows; row++) {
            int at = row * width;
            Arrays.fill(values, at + layout.validFeatures(values, at), at + layout.targetOffset(), 0f);
        }
        int[] order = sort(layout, values, rows, hashSeed(seed));
        List<MemoryShard> result = new ArrayList<>(shards);
        for (int shard = 0; shard < shards; shard++) {
            int from = (int) firstRow(shard, shards, rows);
            int to = (int) firstRow(shard + 1, shards, rows);
            List<Block> blocks = new ArrayList<>();
            BlockBuilder builder = new BlockBuilder(layout, to - from, blocks::add);
            for (int i = from; i < to; i++) {
                builder.add(values, order[i] * width);
            }
            builder.finish();
            result.add(new MemoryShard(shard, builder.rows(), builder.rowWeight(), blocks, builder.digest()));
        }
        return result;
    }
}
