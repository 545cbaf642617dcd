package dev.lockstep.nn.data;

import dev.lockstep.nn.data.column.FeatureColumns;
import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;

/**
 * Reads the rows of a shard with the cells of one column exchanged between them; in one thread.
 *
 * <p>Cells move by a permutation of the shard's canonical rows that is drawn from the stream keyed (seed, purpose,
 * repeat, shard, 0, column). A row's canonical place follows from its content, so neither files nor partitions nor
 * ranks can matter.
 */
public final class PermutedRows {
    private final RowLayout layout;
    private final long hashSeed;
    private final ShardRows shard;
    private final int[] order;
    private final float[] row;
    private final RowArray changed;

    private FeatureColumns.Column column = new FeatureColumns.Column("", 0, 0, 0);
    /** The features of the column, row by row. */
    private float[] cells = {};

    /**
     * A reader of one shard.
     *
     * @param layout how its rows are packed
     * @param seed the job's seed
     */
    public PermutedRows(RowLayout layout, long seed, ShardRows shard) {
        this.layout = layout;
        this.shard = shard;
        hashSeed = CanonicalOrder.hashSeed(seed);
        order = new int[shard.rows()];
        row = new float[layout.width()];
        changed = new RowArray(layout, 1);
    }

    /** From now on cells of this column are exchanged. */
    public void choose(FeatureColumns.Column chosen) {
        column = chosen;
        int width = chosen.features();
        cells = new float[Math.multiplyExact(shard.rows(), width)];
        int to = 0;
        for (int i = 0; i < shard.blocks(); i++) {
            RowArray packed = shard.block(i).packed();
            for (int number = 0; number < packed.rows(); number++) {
                for (int index = 0; index < width; index++) {
                    cells[to++] = packed.feature(number, chosen.feature(index));
                }
            }
        }
    }

    /**
     * From now on row i has the cell of the row that the permutation has at i.
     *
     * @param seed decides the permutations, with
     * @param repeat the number of this one, and
     * @param number that of the column
     */
    public void permute(long seed, int repeat, int number) {
        CounterRandom.permutation(
                StreamKey.key(seed, Purpose.PERMUTED_COLUMN, repeat, shard.shard(), 0, number), order);
    }

    /** Appends rows to a batch, as its next shard. */
    public void read(int from, int count, Batch batch) {
        int to = Math.min(shard.rows(), from + count);
        int width = column.features();
        batch.beginShard();
        int block = shard.blockOf(from);
        RowArray packed = shard.block(block).packed();
        for (int i = from; i < to; i++) {
            if (i == shard.firstRow(block + 1)) {
                block++;
                packed = shard.block(block).packed();
            }
            int number = i - shard.firstRow(block);
            packed.features(number, row, 0);
            System.arraycopy(packed.values(), packed.restStart(number), row, layout.targetOffset(), layout.rest());
            for (int index = 0; index < width; index++) {
                row[column.feature(index)] = cells[order[i] * width + index];
            }
            changed.clear();
            changed.add(row, 0);
            batch.addRow(changed, 0, CanonicalOrder.rowKey(layout, changed, 0, hashSeed));
        }
        batch.endShard();
    }
}
