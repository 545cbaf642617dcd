package dev.lockstep.nn.data;

import java.util.Arrays;

/**
 * Reads the rows of one shard in the order of {@link EpochOrder}, step by step. Any step can be asked for at any time,
 * but consecutive ones are cheap: a step allocates nothing itself, and only where a new window of blocks begins are
 * blocks fetched. Keeps at most one window of blocks alive; not thread-safe.
 */
public final class EpochReader {
    private final ShardRows shard;
    private final long seed;
    private final int[] blockOrder;
    private final int[] rowOrder;
    private final Block[] window = new Block[EpochOrder.WINDOW_BLOCKS];
    /** First row of each of the window's blocks, and after the last one the number of rows. */
    private final int[] blockStart = new int[EpochOrder.WINDOW_BLOCKS + 1];

    private long epoch = -1;
    private int windowNumber = -1;
    private int windowBlocks;
    /** Place of the window's first row in the epoch. */
    private int windowFrom;

    /**
     * @param shard the rows
     * @param seed the job's seed
     */
    public EpochReader(ShardRows shard, long seed) {
        this.shard = shard;
        this.seed = seed;
        this.blockOrder = new int[shard.blocks()];
        this.rowOrder = new int[Math.min(shard.rows(), EpochOrder.WINDOW_BLOCKS * Block.ROWS)];
    }

    /**
     * Appends the shard's rows of one step to a batch, as its next shard, possibly none.
     *
     * @param epoch the epoch, from 0
     * @param step the step within the epoch, from 0
     * @param steps how many steps the epoch has
     * @param batch gets the rows
     */
    public void read(long epoch, long step, long steps, Batch batch) {
        int from = EpochOrder.firstRow(step, steps, shard.rows());
        int to = EpochOrder.firstRow(step + 1, steps, shard.rows());
        batch.beginShard();
        for (int row = from; row < to; ) {
            if (epoch != this.epoch || row < windowFrom || row >= windowFrom + windowRows()) {
                seek(epoch, row);
            }
            int end = Math.min(to, windowFrom + windowRows());
            for (; row < end; row++) {
                addRow(rowOrder[row - windowFrom], batch);
            }
        }
        batch.endShard();
    }

    private void addRow(int rowInWindow, Batch batch) {
        int block = 0;
        while (rowInWindow >= blockStart[block + 1]) {
            block++;
        }
        batch.addRow(window[block].packed(), rowInWindow - blockStart[block], 0);
    }

    private int windowRows() {
        return blockStart[windowBlocks];
    }

    /** Makes the window that holds a row of an epoch the current one. */
    private void seek(long newEpoch, int row) {
        if (newEpoch != epoch) {
            EpochOrder.blocks(seed, newEpoch, shard.shard(), blockOrder);
            epoch = newEpoch;
            windowNumber = -1;
            windowFrom = 0;
            windowBlocks = 0;
        }
        boolean later = windowNumber >= 0 && row >= windowFrom;
        int number = later ? windowNumber : 0;
        int from = later ? windowFrom : 0;
        int rows = rowsOfWindow(number);
        while (row >= from + rows) {
            number++;
            from += rows;
            rows = rowsOfWindow(number);
        }
        if (number != windowNumber) {
            load(number, from);
        }
    }

    private int rowsOfWindow(int number) {
        int rows = 0;
        int first = number * EpochOrder.WINDOW_BLOCKS;
        for (int i = first; i < Math.min(first + EpochOrder.WINDOW_BLOCKS, blockOrder.length); i++) {
            rows += shard.firstRow(blockOrder[i] + 1) - shard.firstRow(blockOrder[i]);
        }
        return rows;
    }

    private void load(int number, int from) {
        // Until all is in place there is no window, so that a block that cannot be read leaves no half of one behind.
        windowNumber = -1;
        windowBlocks = 0;
        Arrays.fill(window, null);
        int first = number * EpochOrder.WINDOW_BLOCKS;
        int count = Math.min(EpochOrder.WINDOW_BLOCKS, blockOrder.length - first);
        for (int i = 0; i < count; i++) {
            window[i] = shard.block(blockOrder[first + i]);
            blockStart[i + 1] = blockStart[i] + window[i].rows();
        }
        EpochOrder.rows(seed, epoch, shard.shard(), number, rowOrder, blockStart[count]);
        windowFrom = from;
        windowBlocks = count;
        windowNumber = number;
    }
}
