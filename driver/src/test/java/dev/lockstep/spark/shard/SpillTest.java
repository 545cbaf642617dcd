package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.EpochReader;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.SparkTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows that do not fit in Spark's memory lie on disk block by block, and come back as they were. */
@Tag("compat")
@Tag("java")
class SpillTest extends SparkTest {
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(63), Shape.of(1), false, false);
    private static final int ROWS = 40_000;

    /** 15 MB of memory for 10 MB of rows, which are there twice while they are cut into shards. */
    @Override
    public SparkConf conf() {
        return super.conf()
                .set("spark.testing.memory", "15000000")
                .set("spark.testing.reservedMemory", "0")
                .set("spark.memory.fraction", "0.6");
    }

    private static float[] values() {
        Random random = new Random(1);
        float[] values = new float[ROWS * LAYOUT.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    private static float[] firstFeatures(ShardRows shard, int epoch) {
        EpochReader reader = new EpochReader(shard, SEED);
        Batch batch = new Batch(LAYOUT, shard.rows() / 10 + 1, 1);
        float[] features = new float[shard.rows()];
        int count = 0;
        for (int step = 0; step < 10; step++) {
            batch.clear();
            reader.read(epoch, step, 10, batch);
            for (int row = 0; row < batch.rows(); row++) {
                features[count++] = batch.features().array()[batch.features().rowOffset(row)];
            }
        }
        return features;
    }

    @Test
    void epochsAreReadFromDisk() {
        float[] values = values();
        List<PackedRows> chunks = IntStream.range(0, 40)
                .mapToObj(i -> new PackedRows(RowArray.of(
                        LAYOUT,
                        Arrays.copyOfRange(values, i * 1000 * LAYOUT.width(), (i + 1) * 1000 * LAYOUT.width()),
                        1000)))
                .toList();
        List<MemoryShard> reference = CanonicalOrder.shards(LAYOUT, values, ROWS, 4, SEED);
        try (ShardedData data =
                ShardedData.build("rows", jsc().parallelize(chunks, 4), LAYOUT, ShardAssignment.of(4, 2), SEED)) {
            assertThat(data.shards())
                    .isEqualTo(reference.stream().map(ShardSummary::of).toList());
            for (int epoch = 0; epoch < 2; epoch++) {
                int current = epoch;
                List<float[]> read = data.rdd()
                        .flatMap(rank -> {
                            List<float[]> all = new ArrayList<>();
                            rank.shards().forEach(shard -> all.add(firstFeatures(shard, current)));
                            return all.iterator();
                        })
                        .collect();
                for (int shard = 0; shard < 4; shard++) {
                    assertThat(read.get(shard)).isEqualTo(firstFeatures(reference.get(shard), epoch));
                }
            }
            assertThat(blocksOnDisk(data)).isPositive();
        }
    }

    private static int blocksOnDisk(ShardedData data) {
        BlockManager manager = SparkEnv.get().blockManager();
        int onDisk = 0;
        int rdd = data.rdd().rdd().dependencies().head().rdd().id();
        for (int block = 2; block < 20; block++) {
            onDisk += manager.diskStore().contains(new RDDBlockId(rdd, block)) ? 1 : 0;
        }
        return onDisk;
    }
}
