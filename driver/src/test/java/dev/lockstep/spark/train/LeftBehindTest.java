package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.scripts.ClusterSession;
import dev.lockstep.spark.sync.allreduce.Footprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fifty rounds of all-reduce leave no thread, port, open file or buffer behind, in the driver and in the executors. */
class LeftBehindTest {
    private static final int ROUNDS = 50;

    /** The round after which classes are loaded and pools are filled. */
    private static final int WARM = 10;

    @TempDir
    private Path folder;

    @Test
    void oneProcessIsAsItWas() throws IOException {
        Map<Integer, List<Footprint>> footprints;
        try (SparkSession spark = SparkSession.builder()
                .master("local[4]")
                .config("spark.ui.enabled", "false")
                .config("spark.task.cpus", "2")
                .getOrCreate()) {
            footprints = train(spark);
        }
        compare(footprints);
        // Ranks in one process need no connections: what there is in a round's middle is the watch over task slots.
        assertThat(footprints.get(ROUNDS))
                .allSatisfy(late -> assertThat(late.threads()).isOne());
    }

    @Test
    @Tag("cluster")
    @Tag("long")
    void executorsAreAsTheyWere() throws IOException {
        try (ClusterSession session = ClusterSession.start(folder.resolve("cluster"), 2)) {
            session.awaitExecutors();
            compare(train(session.spark()));
        }
    }

    private static void compare(Map<Integer, List<Footprint>> footprints) {
        for (int i = 0; i < footprints.get(WARM).size(); i++) {
            Footprint early = footprints.get(WARM).get(i);
            Footprint late = footprints.get(ROUNDS).get(i);
            assertThat(late.threads()).as("threads of process %d", i).isLessThanOrEqualTo(early.threads());
            assertThat(late.servers()).as("servers of process %d", i).isEqualTo(early.servers());
            assertThat(late.files()).as("files of process %d", i).isLessThanOrEqualTo(early.files() + 4);
            assertThat(late.directBytes())
                    .as("direct memory of process %d", i)
                    .isLessThanOrEqualTo(early.directBytes() + (1 << 20));
        }
    }

    /** Trains an epoch a round; what there is after some of them, of the driver and then of each executor. */
    private Map<Integer, List<Footprint>> train(SparkSession spark) throws IOException {
        Path rows = SmallJob.write(folder, 2, 4);
        JobSpec job = SmallJob.job(
                rows.toString(), "csv", SmallJob.Mode.ALLREDUCE, "train.epochs=" + ROUNDS, "data.validation=null");
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Map<Integer, List<Footprint>> footprints = new HashMap<>();
        TrainingJob.Result result = new TrainingJob(spark, job, new TrainingListener() {
                    @Override
                    public void epoch(EpochReport report) {
                        if (report.epoch() == WARM || report.epoch() == ROUNDS) {
                            footprints.put(report.epoch(), measure(context));
                        }
                    }
                })
                .run();
        assertThat(ModelFiles.sha256(result.model().parameters())).hasSize(64);
        return footprints;
    }

    private static List<Footprint> measure(JavaSparkContext context) {
        List<Footprint> all = new ArrayList<>(List.of(Footprint.settled()));
        if (!context.isLocal()) {
            all.addAll(context.parallelize(List.of(0, 1), 2)
                    .map(task -> Footprint.settled())
                    .collect());
        }
        return all;
    }
}
