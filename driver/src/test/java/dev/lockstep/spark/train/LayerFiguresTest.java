package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.model.LayerFigures;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured of the layers follows from rows, seed and model, and not from where they are. */
class LayerFiguresTest {
    @TempDir
    private Path folder;

    private static SparkSession session(int cores) {
        return SparkSession.builder()
                .master("local[" + cores + "]")
                // The tab shows the figures; without it nobody would.
                .config("spark.ui.enabled", "true")
                .config("spark.ui.port", "0")
                .getOrCreate();
    }

    /** The figures of each epoch; the model has the bits that it always has. */
    private List<LayerFigures> train(SparkSession spark, SmallJob.Mode mode, int files, String... settings)
            throws IOException {
        List<LayerFigures> figures = new ArrayList<>();
        Path rows = SmallJob.write(folder, files, files);
        TrainingJob job =
                new TrainingJob(spark, SmallJob.job(rows.toString(), "csv", mode, settings), new TrainingListener() {
                    @Override
                    public void epoch(EpochReport report) {
                        figures.add(report.layers());
                    }
                });
        assertThat(ModelFiles.sha256(job.run().model().parameters())).isEqualTo(mode.sha256());
        return figures;
    }

    @Test
    void theLayoutDoesNotMatter() throws IOException {
        List<LayerFigures> one;
        try (SparkSession spark = session(1)) {
            one = train(spark, SmallJob.Mode.GRADIENT, 1);
        }
        assertThat(one).hasSize(3).allSatisfy(epoch -> {
            assertThat(epoch.gradientNorm()).containsOnlyKeys("dense_1", "dense_2", "dense_3");
            assertThat(epoch.gradientNorm().values()).allMatch(norm -> norm > 0 && norm < 10);
            assertThat(epoch.updateRatio().values()).allMatch(ratio -> ratio > 0 && ratio < 1);
            assertThat(epoch.deadUnits()).containsOnlyKeys("dense_1", "dense_2");
        });
        try (SparkSession spark = session(4)) {
            assertThat(train(spark, SmallJob.Mode.GRADIENT, 3)).isEqualTo(one);
            assertThat(train(spark, SmallJob.Mode.ALLREDUCE, 2)).isEqualTo(one);
        }
    }

    @Test
    void aResumedRunHasTheSame() throws IOException {
        try (SparkSession spark = session(2)) {
            List<LayerFigures> whole = train(spark, SmallJob.Mode.GRADIENT, 2, checkpoints("whole"));
            List<Long> steps = CheckpointFiles.steps(new LocalDirectory(folder.resolve("whole/checkpoints")));
            long epoch = steps.get(0) / 3;
            died(epoch);
            assertThat(train(spark, SmallJob.Mode.GRADIENT, 2, checkpoints("from-" + epoch)))
                    .isEqualTo(whole.subList(1, 3));
            // Where the parameters were at the beginning of the epoch, nobody knows any more.
            died(epoch + 1);
            List<LayerFigures> second = train(spark, SmallJob.Mode.GRADIENT, 2, checkpoints("from-" + (epoch + 1)));
            assertThat(second.get(0).updateRatio()).isEmpty();
            assertThat(second.get(0).gradientNorm()).isEqualTo(whole.get(1).gradientNorm());
            assertThat(second.get(1)).isEqualTo(whole.get(2));
        }
    }

    private String checkpoints(String name) {
        return "checkpoint={dir: \"" + folder.resolve(name + "/checkpoints") + "\", every: {rounds: 1}, keep: 1000}";
    }

    /** What the run would have left if the driver had died just after the checkpoint of a step. */
    private void died(long step) throws IOException {
        Path to = Files.createDirectories(folder.resolve("from-" + step + "/checkpoints"));
        for (String name : List.of(CheckpointFiles.stateFile(step), CheckpointFiles.manifestFile(step))) {
            Files.copy(folder.resolve("whole/checkpoints").resolve(name), to.resolve(name));
        }
    }
}
