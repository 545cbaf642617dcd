package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.tensor.Shape;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EpochReaderTest {
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(1), Shape.of(1), false, false);

    /** A shard whose row i has the feature i. */
    private static MemoryShard numbered(int shard, int rows) {
        List<Block> blocks = new ArrayList<>();
        BlockBuilder builder = new BlockBuilder(LAYOUT, rows, blocks::add);
        for (int row = 0; row < rows; row++) {
            builder.add(RowArray.of(LAYOUT, new float[] {row, 0}, 1), 0);
        }
        builder.finish();
        return new MemoryShard(shard, builder.rowWeight(), blocks, builder.digest());
    }

    private static List<Integer> epoch(EpochReader reader, int rows, long epoch, long steps) {
        List<Integer> read = new ArrayList<>();
        Batch batch = new Batch(LAYOUT, EpochOrder.mostRows(steps, rows), 1);
        for (long step = 0; step < steps; step++) {
            batch.clear();
            reader.read(epoch, step, steps, batch);
            assertThat(batch.rows()).isEqualTo((int) ((step + 1) * rows / steps) - (int) (step * rows / steps));
            for (int row = 0; row < batch.rows(); row++) {
                read.add((int) batch.features().array()[row]);
            }
        }
        return read;
    }

    @Test
    void anEpochIsAPermutation() {
        for (int rows : new int[] {0, 1, 5, 4096, 4097, 9 * 4096 + 17, 16 * 4096}) {
            EpochReader reader = new EpochReader(numbered(2, rows), 7);
            Set<List<Integer>> orders = new HashSet<>();
            for (long epoch = 0; epoch < 3; epoch++) {
                List<Integer> read = epoch(reader, rows, epoch, 61);
                assertThat(read.stream().mapToInt(row -> row).sorted().toArray())
                        .isEqualTo(IntStream.range(0, rows).toArray());
                orders.add(read);
            }
            assertThat(orders).hasSize(rows <= 1 ? 1 : 3);
        }
    }

    @Test
    void theOrderDoesNotDependOnTheSteps() {
        int rows = 10 * 4096 + 100;
        List<Integer> once = epoch(new EpochReader(numbered(0, rows), 7), rows, 4, 1);
        assertThat(epoch(new EpochReader(numbered(0, rows), 7), rows, 4, 997)).isEqualTo(once);
        assertThat(epoch(new EpochReader(numbered(0, rows), 7), rows, 4, rows * 2L))
                .isEqualTo(once);
    }

    @Test
    void seedEpochAndShardGiveOtherOrders() {
        List<Integer> order = epoch(new EpochReader(numbered(0, 500), 7), 500, 0, 10);
        assertThat(epoch(new EpochReader(numbered(0, 500), 8), 500, 0, 10)).isNotEqualTo(order);
        assertThat(epoch(new EpochReader(numbered(1, 500), 7), 500, 0, 10)).isNotEqualTo(order);
        assertThat(epoch(new EpochReader(numbered(0, 500), 7), 500, 1, 10)).isNotEqualTo(order);
    }

    /** Blocks of different sizes: every third row takes a thousandth of a block, the others hardly anything. */
    @Test
    void anEpochOverRowsOfAllWidthsIsAPermutation() {
        RowLayout layout = new RowLayout(Shape.of(4096), Shape.of(1), false, false);
        int rows = 20_000;
        BitSet seen = new BitSet();
        List<Block> blocks = new ArrayList<>();
        BlockBuilder builder = new BlockBuilder(layout, rows, blocks::add);
        float[] values = new float[layout.width()];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(values, row % 3 == 0 ? 1 : 0);
            values[0] = row;
            builder.add(RowArray.of(layout, values, 1), 0);
        }
        builder.finish();
        MemoryShard shard = new MemoryShard(1, builder.rowWeight(), blocks, builder.digest());
        assertThat(shard.rows()).isEqualTo(rows);
        assertThat(shard.blocks()).isGreaterThan(2 * EpochOrder.WINDOW_BLOCKS / 3);
        for (int row = 0; row < rows; row += 77) {
            int block = shard.blockOf(row);
            assertThat(row).isBetween(shard.firstRow(block), shard.firstRow(block + 1) - 1);
        }
        EpochReader reader = new EpochReader(shard, 7);
        SequentialReader inOrder = new SequentialReader(layout, 7);
        long steps = 400;
        Batch batch = new Batch(layout, EpochOrder.mostRows(steps, rows), 1);
        for (long step = 0; step < steps; step++) {
            batch.clear();
            reader.read(0, step, steps, batch);
            for (int row = 0; row < batch.rows(); row++) {
                seen.set((int) batch.features().array()[row * 4096]);
            }
            batch.clear();
            inOrder.read(shard, (int) step * 50, 50, batch);
            assertThat(batch.features().array()[0]).isEqualTo((float) (step * 50));
        }
        assertThat(seen.cardinality()).isEqualTo(rows);
    }

    /** The order is part of the format: a change of it changes every model. */
    @Test
    void theOrderStaysAsItIs() {
        assertThat(epoch(new EpochReader(numbered(3, 12), 42), 12, 1, 3))
                .containsExactly(11, 10, 5, 4, 2, 3, 6, 7, 9, 1, 0, 8);
    }

    @Test
    void windowsMixEightBlocksOnly() {
        int rows = 20 * 4096;
        List<Integer> order = epoch(new EpochReader(numbered(0, rows), 7), rows, 0, 1);
        for (int window = 0; window < 3; window++) {
            int from = window * 8 * 4096;
            Set<Integer> blocks = new HashSet<>();
            for (int row : order.subList(from, Math.min(rows, from + 8 * 4096))) {
                blocks.add(row / 4096);
            }
            assertThat(blocks).hasSize(window < 2 ? 8 : 4);
        }
    }

    @Test
    void anyStepCanBeReadAlone() {
        int rows = 17 * 4096 + 5;
        long steps = 700;
        List<Integer> order = epoch(new EpochReader(numbered(0, rows), 7), rows, 5, steps);
        EpochReader reader = new EpochReader(numbered(0, rows), 7);
        Batch batch = new Batch(LAYOUT, EpochOrder.mostRows(steps, rows), 1);
        for (long step : new long[] {699, 0, 350, 349, 699, 1}) {
            batch.clear();
            reader.read(5, step, steps, batch);
            for (int row = 0; row < batch.rows(); row++) {
                assertThat(batch.features().array()[row])
                        .isEqualTo(order.get((int) (step * rows / steps) + row).floatValue());
            }
        }
    }

    @Test
    void aBlockThatCannotBeReadLeavesNothingBehind() {
        MemoryShard shard = numbered(0, 3 * 4096);
        boolean[] broken = {true};
        EpochReader reader = new EpochReader(
                new ShardRows() {
                    @Override
                    public int shard() {
                        return 0;
                    }

                    @Override
                    public int rows() {
                        return shard.rows();
                    }

                    @Override
                    public double rowWeight() {
                        return shard.rowWeight();
                    }

                    @Override
                    public int blocks() {
                        return shard.blocks();
                    }

                    @Override
                    public int firstRow(int index) {
                        return shard.firstRow(index);
                    }

                    @Override
                    public Block block(int index) {
                        if (broken[0] && index == 1) {
                            throw new IllegalStateException("disk");
                        }
                        return shard.block(index);
                    }

                    @Override
                    public long digest() {
                        return shard.digest();
                    }
                },
                7);
        Batch batch = new Batch(LAYOUT, shard.rows(), 1);
        assertThatThrownBy(() -> reader.read(0, 0, 1, batch)).hasMessage("disk");
        broken[0] = false;
        assertThat(epoch(reader, shard.rows(), 0, 9)).isEqualTo(epoch(new EpochReader(shard, 7), shard.rows(), 0, 9));
    }

    @Test
    void aStepAllocatesNothing() {
        int rows = 9 * 4096 + 100;
        EpochReader reader = new EpochReader(numbered(0, rows), 7);
        Batch batch = new Batch(LAYOUT, EpochOrder.mostRows(300, rows), 1);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        readEpochs(reader, batch, 2);
        long before = threads.getCurrentThreadAllocatedBytes();
        readEpochs(reader, batch, 2);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).isLessThan(2048);
    }

    private static void readEpochs(EpochReader reader, Batch batch, int epochs) {
        for (long epoch = 0; epoch < epochs; epoch++) {
            for (long step = 0; step < 300; step++) {
                batch.clear();
                reader.read(epoch, step, 300, batch);
            }
        }
    }

    @Test
    void countsSteps() {
        assertThat(EpochOrder.steps(60_000, 128)).isEqualTo(469);
        assertThat(EpochOrder.steps(3, 128)).isEqualTo(1);
        assertThat(EpochOrder.steps(256, 128)).isEqualTo(2);
    }

    @Test
    void readsCanonicalOrderWithKeys() {
        MemoryShard shard = numbered(0, 5000);
        SequentialReader reader = new SequentialReader(LAYOUT, 7);
        Batch batch = new Batch(LAYOUT, 1000, 2);
        assertThat(reader.read(shard, 4090, 10, batch)).isEqualTo(10);
        assertThat(reader.read(shard, 4990, 100, batch)).isEqualTo(10);
        assertThat(batch.shards()).isEqualTo(2);
        assertThat(batch.rowStart()).containsExactly(0, 10, 20);
        for (int i = 0; i < 20; i++) {
            float feature = i < 10 ? 4090 + i : 4980 + i;
            assertThat(batch.features().array()[i]).isEqualTo(feature);
            assertThat(batch.keys()[i])
                    .isEqualTo(ContentHash.hash(new float[] {feature}, 0, 1, CanonicalOrder.hashSeed(7)));
        }
        assertThat(reader.read(shard, 5000, 10, new Batch(LAYOUT, 1, 1))).isZero();
    }
}
