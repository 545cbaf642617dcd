package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an executor held can be lost; Spark then builds it again from the source. */
@Tag("compat")
class RebuiltShardsTest extends SparkTest {
    /** Rows 0 to 999, one of which has another feature. */
    private static String csv(int changed, int feature) {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int row = 0; row < 1000; row++) {
            text.append(row == changed ? feature : row)
                    .append(",")
                    .append(row % 3)
                    .append('\n');
        }
        return text.toString();
    }

    private JobData read(Path file) {
        return JobData.read(
                spark,
                new DataSpec(source().path(file).label("y").spec(), null, null, 2, null),
                Targets.CLASS,
                layout -> RowRules.ANY,
                SEED,
                ShardAssignment.of(2, 2));
    }

    /** Does what the loss of an executor does: its shards and the shuffled rows behind them are gone. */
    private static void lose(ShardedData data) {
        RDD<?> stored = data.rdd().rdd().dependencies().head().rdd();
        for (int block = 0; block < 4; block++) {
            SparkEnv.get().blockManager().removeBlock(new RDDBlockId(stored.id(), block), true);
        }
        int shuffle = ((org.apache.spark.ShuffleDependency<?, ?, ?>)
                        stored.dependencies().head().rdd().dependencies().head())
                .shuffleId();
        ((org.apache.spark.MapOutputTrackerMaster) SparkEnv.get().mapOutputTracker())
                .unregisterAllMapAndMergeOutput(shuffle);
    }

    private static List<Long> readAll(ShardedData data) {
        return data.rdd()
                .map(rank -> {
                    long rows = 0;
                    for (ShardRows shard : rank.shards()) {
                        for (int i = 0; i < shard.blocks(); i++) {
                            rows += shard.block(i).rows();
                        }
                    }
                    return rows;
                })
                .collect();
    }

    @Test
    void lostShardsComeBack() throws IOException {
        Path file = write("rows.csv", csv(17, 17));
        try (JobData data = read(file)) {
            assertThat(readAll(data.training())).containsExactly(500L, 500L);
            lose(data.training());
            assertThat(readAll(data.training())).containsExactly(500L, 500L);
        }
    }

    @Test
    void shardsCanBeDividedAnew() throws IOException {
        Path file = write("rows.csv", csv(17, 17));
        try (JobData data = read(file)) {
            data.training().reassign(ShardAssignment.of(2, 1));
            assertThat(readAll(data.training())).containsExactly(1000L);
            data.training().reassign(ShardAssignment.of(2, 2));
            assertThat(readAll(data.training())).containsExactly(500L, 500L);
            Files.writeString(file, csv(17, 18));
            assertThatThrownBy(() -> data.training().reassign(ShardAssignment.of(2, 1)))
                    .rootCause()
                    .isInstanceOf(IngestException.class)
                    .hasMessageContaining("the source changed while");
        }
    }

    @Test
    void aSourceThatLostRowsEndsTheRun() throws IOException {
        Path file = write("rows.csv", csv(17, 17));
        try (JobData data = read(file)) {
            lose(data.training());
            Files.writeString(file, "x,y\n17,2\n");
            assertThatThrownBy(() -> readAll(data.training()))
                    .rootCause()
                    .isInstanceOf(IngestException.class)
                    .hasMessageMatching(file + ": shard [01] was counted to have 500 rows, but has [01]; the source"
                            + " changed while it was read");
        }
    }

    @Test
    void aChangeThatCountingDoesNotShowEndsTheRun() throws IOException {
        Path file = write("rows.csv", csv(17, 17));
        int bucket = bucket(17);
        int other = 1000;
        while (bucket(other) != bucket) {
            other++;
        }
        try (JobData data = read(file)) {
            lose(data.training());
            Files.writeString(file, csv(17, other));
            assertThatThrownBy(() -> readAll(data.training()))
                    .rootCause()
                    .isInstanceOf(IngestException.class)
                    .hasMessageMatching(
                            file + ": shard [01] was built again with 500 rows and digest [0-9a-f]{16}, but had"
                                    + " 500 rows and digest [0-9a-f]{16}; the source changed while the job ran");
        }
    }

    /** The bucket of row 17 with another feature. */
    private static int bucket(int feature) {
        return CutPlan.bucket(ContentHash.hash(new float[] {feature, 17 % 3}, 0, 2, CanonicalOrder.hashSeed(SEED)));
    }
}
