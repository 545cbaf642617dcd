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
 * <p>A row has the same hash whether it is kept whole or as entries. Where rows have more than 65,536 features
 * ({@link RowLayout#hashesEntries}), it is that of the indexes and bits of the features that are not +0, one after the
 * other, and of what follows the features.
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
    public static long rowKey(RowLayout layout, RowArray rows, int row, long hashSeed) {
        int start = rows.start(row);
        if (rows.isSparse(row) || layout.hashesEntries()) {
            WordHash hash = new WordHash();
            hash.begin(hashSeed);
            addFeatures(hash, layout, rows, row);
            return hash.value();
        }
        int features = layout.padded()
                ? layout.validFeatures(rows.values(), start)
                : layout.features().size();
        return ContentHash.hash(rows.values(), start, features, hashSeed);
    }

    /** The hash of a packed row. */
    public static long hash(RowLayout layout, RowArray rows, int row, long hashSeed) {
        if (rows.isSparse(row) || layout.hashesEntries()) {
            WordHash hash = new WordHash();
            hash.begin(hashSeed);
            addRow(hash, layout, rows, row);
            return hash.value();
        }
        return layout.padded()
                ? hashWithoutPadding(layout, rows.values(), rows.start(row), hashSeed)
                : ContentHash.hash(rows.values(), rows.start(row), layout.width(), hashSeed);
    }

    /** The hash of rows one after the other. */
    static long hashAll(RowLayout layout, RowArray rows, long seed) {
        if (!layout.allowsEntries()) {
            return ContentHash.hash(rows.values(), 0, rows.floats(), seed);
        }
        WordHash hash = new WordHash();
        hash.begin(seed);
        for (int row = 0; row < rows.rows(); row++) {
            addRow(hash, layout, rows, row);
        }
        return hash.value();
    }

    private static void addRow(WordHash hash, RowLayout layout, RowArray rows, int row) {
        addFeatures(hash, layout, rows, row);
        hash.floats(rows.values(), rows.restStart(row), rows.end(row));
    }

    /** All features, or each entry's index and bits: however the row is kept. */
    private static void addFeatures(WordHash hash, RowLayout layout, RowArray rows, int row) {
        boolean whole = !layout.hashesEntries();
        float[] values = rows.values();
        int from = rows.start(row);
        if (rows.isSparse(row)) {
            int next = 0;
            for (int entry = rows.entryStart(row); entry < rows.entryEnd(row); entry++) {
                int index = rows.indexes()[entry];
                if (whole) {
                    hash.zeros(index - next);
                } else {
                    hash.word(index);
                }
                hash.word(Float.floatToRawIntBits(values[from++]));
                next = index + 1;
            }
            hash.zeros(whole ? layout.features().size() - next : 0);
        } else if (whole) {
            hash.floats(values, from, rows.restStart(row));
        } else {
            for (int i = from; i < rows.restStart(row); i++) {
                int bits = Float.floatToRawIntBits(values[i]);
                if (bits != 0) {
                    hash.word(i - from);
                    hash.word(bits);
                }
            }
        }
    }

    private static long hashWithoutPadding(RowLayout layout, float[] values, int at, long hashSeed) {
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
     * @param rows read
     * @param hashSeed see {@link #hashSeed}
     * @return the numbers of the rows in canonical order
     */
    public static int[] sort(RowLayout layout, RowArray rows, long hashSeed) {
        long[] hashes = new long[rows.rows()];
        for (int row = 0; row < hashes.length; row++) {
            hashes[row] = hash(layout, rows, row, hashSeed);
        }
        return sort(hashes, rows);
    }

    /** As {@link #sort(RowLayout, RowArray, long)}, with the rows' hashes already known. */
    public static int[] sort(long[] hashes, RowArray packed) {
        int rows = packed.rows();
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
                sortRange(order, from, to, hashes, packed);
            }
            from = to;
        }
        return order;
    }

    private static void sortRange(int[] order, int from, int to, long[] hashes, RowArray packed) {
        Integer[] range = new Integer[to - from];
        for (int i = 0; i < range.length; i++) {
            range[i] = order[from + i];
        }
        Arrays.sort(range, (left, right) -> {
            int byHash = Long.compareUnsigned(hashes[left], hashes[right]);
            return byHash != 0 ? byHash : packed.compare(left, packed, right);
        });
        for (int i = 0; i < range.length; i++) {
            order[from + i] = range[i];
        }
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
        return shards(layout, RowArray.of(layout, values, rows), shards, seed);
    }

    /** The same for rows that are packed already, with nothing in the features of steps that are not valid. */
    public static List<MemoryShard> shards(RowLayout layout, RowArray packed, int shards, long seed) {
        int rows = packed.rows();
        int[] order = sort(layout, packed, hashSeed(seed));
        List<MemoryShard> result = new ArrayList<>(shards);
        for (int shard = 0; shard < shards; shard++) {
            int from = (int) firstRow(shard, shards, rows);
            int to = (int) firstRow(shard + 1, shards, rows);
            List<Block> blocks = new ArrayList<>();
            BlockBuilder builder = new BlockBuilder(layout, to - from, blocks::add);
            for (int i = from; i < to; i++) {
                builder.add(packed, order[i]);
            }
            builder.finish();
            result.add(new MemoryShard(shard, builder.rowWeight(), blocks, builder.digest()));
        }
        return result;
    }
}
