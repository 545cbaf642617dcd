package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.LocalSession;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link MemoryModel} computes for one process, beside what full collections leave while it trains. */
@Tag("long")
@Timeout(600)
class MeasuredHeapTest {
    private static final int ROWS = 64;
    private static final int FEATURES = 20;

    @TempDir
    private Path folder;

    private JobSpec job(int units, String sync, String optimizer) throws IOException {
        Path rows = folder.resolve("rows.csv");
        if (!Files.exists(rows)) {
            Random random = new Random(1);
            StringBuilder text = new StringBuilder("kind");
            for (int i = 0; i < FEATURES; i++) {
                text.append(",x").append(i);
            }
            for (int row = 0; row < ROWS; row++) {
                text.append('\n').append(row % 3);
                for (int i = 0; i < FEATURES; i++) {
                    text.append(',').append(random.nextInt(100) / 100.0);
                }
            }
            Files.writeString(rows, text.append('\n'));
        }
        String text = """
            data: {train: {path: "%s", label: kind}, shards: 8}
            model: {layers: [{dense: %d}, relu, {dense: %d}, relu, {dense: 3}], loss: crossEntropy}
            optimizer: %s
            train: {epochs: 2, batchSize: 32}
            sync: %s
            output: {dir: unused}
            """.formatted(rows, units, units, optimizer, sync);
        return JobFile.parse(text, "heap.yaml", List.of());
    }

    /** What the training says it holds at least, in MB. */
    private static final class Said implements TrainingListener {
        private final HeapCollector collector;
        private final List<String> table = new ArrayList<>();

        Said(HeapCollector collector) {
            this.collector = collector;
        }

        @Override
        public void memory(List<String> lines) {
            table.addAll(lines);
        }

        @Override
        public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
            collector.step(epoch, stepInEpoch, stepsInEpoch, loss);
        }

        double megabytes() {
            String line = table.stream()
                    .filter(text -> text.strip().startsWith("at least"))
                    .reduce((first, second) -> second)
                    .orElseThrow();
            return Double.parseDouble(line.strip().split("\\s{2,}")[1].replace(",", ""));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'{transport: driver}', adam",
        "'{transport: allreduce}', adam",
        "'{mode: averaging}', adam",
        "'{transport: driver}', '{sgd: {learningRate: 0.01}}'",
    })
    void isWhatTheModelSays(String sync, String optimizer) throws Exception {
        try (SparkSession session = LocalSession.start(2)) {
            double small = held(session, job(8, sync, optimizer))[1];
            double[] large = held(session, job(1400, sync, optimizer));
            double measured = large[1] - small;
            // Spark's broadcasts are measured too, which the model leaves out.
            assertThat(measured).isBetween(large[0] * 0.95, large[0] * 1.7);
        }
    }

    private static double[] held(SparkSession session, JobSpec job) throws Exception {
        try (HeapCollector collector = new HeapCollector()) {
            Said said = new Said(collector);
            new TrainingJob(session, job, said).run();
            return new double[] {said.megabytes(), collector.held(1) / (double) (1 << 20)};
        }
    }
}
