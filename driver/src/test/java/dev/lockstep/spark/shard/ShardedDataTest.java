package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.Moments;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.SparkTest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

@Tag("compat")
class ShardedDataTest extends SparkTest {
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(3), Shape.of(1), true, false);
    private static final int WIDTH = LAYOUT.width();

    private static float[] rows(int count, int distinct, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count * WIDTH];
        for (int row = 0; row < count; row++) {
            Random content = new Random(random.nextInt(distinct));
            for (int i = 0; i < WIDTH; i++) {
                values[row * WIDTH + i] = content.nextFloat();
            }
        }
        return values;
    }

    /** The rows in some order, spread unevenly over partitions of which the first is empty. */
    private JavaRDD<PackedRows> spread(float[] values, int partitions, long seed) {
        List<float[]> rows = new ArrayList<>();
        for (int at = 0; at < values.length; at += WIDTH) {
            rows.add(Arrays.copyOfRange(values, at, at + WIDTH));
        }
        Random random = new Random(seed);
        Collections.shuffle(rows, random);
        List<List<PackedRows>> parts = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            parts.add(new ArrayList<>());
        }
        for (int from = 0; from < rows.size(); ) {
            int to = Math.min(rows.size(), from + 1 + random.nextInt(700));
            float[] chunk = new float[(to - from + 1) * WIDTH];
            for (int i = from; i < to; i++) {
                System.arraycopy(rows.get(i), 0, chunk, (i - from) * WIDTH, WIDTH);
            }
            int part = partitions == 1 ? 0 : 1 + (int) (random.nextDouble() * random.nextDouble() * (partitions - 1));
            parts.get(part).add(new PackedRows(RowArray.of(LAYOUT, chunk, to - from)));
            from = to;
        }
        return jsc().parallelize(parts, partitions).flatMap(List::iterator);
    }

    private List<ShardSummary> shards(float[] values, int partitions, int shards, int ranks, long seed) {
        try (ShardedData data = ShardedData.build(
                "rows", spread(values, partitions, seed), LAYOUT, ShardAssignment.of(shards, ranks), SEED)) {
            return data.shards();
        }
    }

    @Test
    void neitherPartitionsNorOrderNorRanksMatter() {
        float[] values = rows(30_000, 25_000, 1);
        for (int shards : new int[] {1, 3, 8}) {
            List<ShardSummary> expected = expected(LAYOUT, values, shards);
            for (int partitions = 1; partitions <= 5; partitions++) {
                int ranks = 1 + partitions % Math.min(shards, 4);
                assertThat(shards(values, partitions, shards, ranks, partitions))
                        .as("%d shards, %d partitions, %d ranks", shards, partitions, ranks)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void theRowsAreThoseOfTheReference() {
        float[] values = rows(20_000, 1 << 30, 2);
        List<MemoryShard> reference = CanonicalOrder.shards(LAYOUT, values, 20_000, 3, SEED);
        try (ShardedData data =
                ShardedData.build("rows", spread(values, 3, 5), LAYOUT, ShardAssignment.of(3, 2), SEED)) {
            List<float[]> blocks = data.rdd()
                    .flatMap(rank -> {
                        List<float[]> all = new ArrayList<>();
                        for (ShardRows shard : rank.shards()) {
                            for (int i = 0; i < shard.blocks(); i++) {
                                Block block = shard.block(i);
                                all.add(Arrays.copyOf(block.packed().values(), block.rows() * WIDTH));
                            }
                        }
                        return all.iterator();
                    })
                    .collect();
            List<float[]> expected = new ArrayList<>();
            for (MemoryShard shard : reference) {
                for (int i = 0; i < shard.blocks(); i++) {
                    expected.add(shard.block(i).packed().values());
                }
            }
            assertThat(blocks).hasSameSizeAs(expected);
            for (int i = 0; i < blocks.size(); i++) {
                assertThat(blocks.get(i)).isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void equalRowsAreCutExactly() {
        float[] values = rows(50_000, 3, 3);
        assertThat(shards(values, 4, 8, 3, 9)).isEqualTo(expected(LAYOUT, values, 8));
        float[] same = rows(50_000, 1, 4);
        List<ShardSummary> shards = shards(same, 4, 7, 2, 9);
        assertThat(shards).isEqualTo(expected(LAYOUT, same, 7));
        assertThat(shards.stream().mapToInt(ShardSummary::rows).sum()).isEqualTo(50_000);
    }

    @Test
    void manyEqualRowsTravelAsOne() {
        float[] values = rows(200_000, 1, 5);
        CutPlan plan = plan(values, 4);
        RowRouter router = new RowRouter(
                List.of(new PackedRows(RowArray.of(LAYOUT, values, 200_000))).iterator(),
                plan,
                LAYOUT,
                CanonicalOrder.hashSeed(SEED));
        int bytes = 0;
        while (router.hasNext()) {
            bytes += router.next()._2().length;
        }
        assertThat(bytes).isLessThan(500);
    }

    private static CutPlan plan(float[] values, int shards) {
        long[] counts = new long[CutPlan.BUCKETS];
        for (int at = 0; at < values.length; at += WIDTH) {
            counts[CutPlan.bucket(ContentHash.hash(values, at, WIDTH, CanonicalOrder.hashSeed(SEED)))]++;
        }
        return CutPlan.of(counts, shards, WIDTH);
    }

    @Test
    void fewerRowsThanShardsLeaveShardsEmpty() {
        float[] values = rows(3, 3, 6);
        assertThat(shards(values, 2, 8, 4, 1)).isEqualTo(expected(LAYOUT, values, 8));
    }

    @Test
    void measuresMomentsAlongTheTree() {
        float[] values = rows(10_000, 9_000, 7);
        List<MemoryShard> reference = CanonicalOrder.shards(LAYOUT, values, 10_000, 6, SEED);
        Moments expected =
                ShardTree.mergeAll(6, shard -> Moments.ofFeatures(reference.get(shard), LAYOUT), Moments::merge);
        for (int ranks = 1; ranks <= 4; ranks++) {
            try (ShardedData data =
                    ShardedData.build("rows", spread(values, 2, 8), LAYOUT, ShardAssignment.of(6, ranks), SEED)) {
                Moments moments = data.moments();
                for (int i = 0; i < 3; i++) {
                    assertThat(moments.mean(i)).isEqualTo(expected.mean(i));
                    assertThat(moments.variance(i)).isEqualTo(expected.variance(i));
                }
                assertThat(moments.count()).isEqualTo(10_000);
            }
        }
    }

    /** Barrier stages refuse RDDs whose partitions were joined on the way. */
    @Test
    void aBarrierStageCanRunOnShards() {
        try (ShardedData data =
                ShardedData.build("rows", spread(rows(100, 100, 11), 3, 8), LAYOUT, ShardAssignment.of(4, 2), SEED)) {
            long ranks = data.rdd()
                    .rdd()
                    .barrier()
                    .mapPartitions(new Same(), false, ClassTag$.MODULE$.apply(TaskShards.class))
                    .count();
            assertThat(ranks).isEqualTo(2);
        }
    }

    private static final class Same extends AbstractFunction1<Iterator<TaskShards>, Iterator<TaskShards>>
            implements Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Iterator<TaskShards> apply(Iterator<TaskShards> ranks) {
            return ranks;
        }
    }

    @Test
    void closingDropsEveryBlock() {
        // Blocks of earlier tests may go meanwhile, by Spark's cleaner.
        int newestRdd = jsc().emptyRDD().id();
        ShardedData data = ShardedData.build(
                "rows", spread(rows(30_000, 30_000, 10), 2, 8), LAYOUT, ShardAssignment.of(2, 2), SEED);
        // A rank each, and four blocks of rows a shard.
        assertThat(blocksSince(newestRdd)).isGreaterThanOrEqualTo(10);
        data.close();
        long deadlineNanos = System.nanoTime() + 20_000_000_000L;
        while (blocksSince(newestRdd) > 0 && System.nanoTime() < deadlineNanos) {
            Thread.onSpinWait();
        }
        assertThat(blocksSince(newestRdd)).isZero();
    }

    /** How many blocks there are of RDDs made after another one. */
    private static int blocksSince(int rdd) {
        return JavaConverters.seqAsJavaList(SparkEnv.get()
                        .blockManager()
                        .getMatchingBlockIds(new IsRddBlockSince(rdd))
                        .toSeq())
                .size();
    }

    private static final class IsRddBlockSince extends AbstractFunction1<BlockId, Object> {
        private final int rdd;

        IsRddBlockSince(int rdd) {
            this.rdd = rdd;
        }

        @Override
        public Object apply(BlockId block) {
            return block instanceof RDDBlockId id && id.rddId() > rdd;
        }
    }
}
