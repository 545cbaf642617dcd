package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.LocalSession;
import dev.lockstep.spark.cli.CommandLineRun;
import dev.lockstep.spark.cli.PredictionLines;
import dev.lockstep.spark.cli.RandomRows;
import dev.lockstep.spark.scripts.ClusterSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training and prediction in a session that is set to Kryo, which other jobs often ask for. Kryo then writes whatever
 * is shuffled, stored, broadcast and sent back as a result. It cannot set the fields of a record, nor read what
 * {@link List#of} makes.
 */
class KryoTest {
    private static final String[] KRYO = {"spark.serializer", "org.apache.spark.serializer.KryoSerializer"};

    /** One of each kind of message, and residuals. */
    private static final List<SmallJob.Mode> MODES =
            List.of(SmallJob.Mode.GRADIENT, SmallJob.Mode.ALLREDUCE, SmallJob.Mode.TOP_K, SmallJob.Mode.AVERAGING);

    @TempDir
    private Path folder;

    private static String[] kryo(String... more) {
        return Stream.concat(Stream.of(KRYO), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    @Tag("cluster")
    @Tag("long")
    void trainsAndPredictsAsWithJavasSerialiser() throws IOException {
        Path rows = SmallJob.write(folder, 3, 4);
        String evaluated;
        List<String> predicted;
        // Without the wait a task starts wherever there is room, and asks the other executor for what lies there.
        try (ClusterSession session =
                ClusterSession.start(folder.resolve("cluster"), 2, kryo("spark.locality.wait", "0"))) {
            session.awaitExecutors();
            for (SmallJob.Mode mode : MODES) {
                String text = SmallJob.text(rows.toString(), "csv", mode);
                Path job = Files.writeString(folder.resolve(mode + ".yaml"), text);
                assertThat(train(job, model(mode))).isEqualTo(mode.sha256());
            }
            evaluated = evaluate();
            predicted = predict(rows, "kryo");
        }
        try (SparkSession session = LocalSession.start(2)) {
            assertThat(session.conf().contains("spark.serializer")).isFalse();
            assertThat(evaluate()).isEqualTo(evaluated);
            assertThat(predict(rows, "java")).isEqualTo(predicted).hasSizeGreaterThan(400);
        }
    }

    /** Rows that do not fit in memory are written to disk by Kryo, too. */
    @Test
    @Tag("compat")
    @Tag("java")
    void rowsComeBackFromDisk() throws IOException {
        Path job = RandomRows.job(folder, 40_000);
        String inMemory;
        try (SparkSession session = LocalSession.start(2)) {
            inMemory = train(job, folder.resolve("in-memory"));
        }
        AtomicLong onDisk = new AtomicLong();
        SparkListener listener = new SparkListener() {
            @Override
            public void onBlockUpdated(SparkListenerBlockUpdated update) {
                if (update.blockUpdatedInfo().blockId().isRDD()) {
                    onDisk.addAndGet(update.blockUpdatedInfo().diskSize());
                }
            }
        };
        try (SparkSession session =
                LocalSession.start(2, kryo("spark.testing.memory", "15000000", "spark.testing.reservedMemory", "0"))) {
            session.sparkContext().addSparkListener(listener);
            assertThat(train(job, folder.resolve("on-disk"))).isEqualTo(inMemory);
        }
        assertThat(onDisk).hasPositiveValue();
    }

    private Path model(SmallJob.Mode mode) {
        return folder.resolve("model-" + mode);
    }

    private static String train(Path job, Path model) {
        String said = run("train", job.toString(), "--set", "output.dir=" + model);
        return said.substring(said.lastIndexOf(' ') + 1);
    }

    private String evaluate() {
        String job = folder.resolve(SmallJob.Mode.GRADIENT + ".yaml").toString();
        return run("evaluate", model(SmallJob.Mode.GRADIENT).toString(), "--job", job, "--json", "--samples", "3");
    }

    /** The predictions of all rows, drawn from samples, in the order of the rows. */
    private List<String> predict(Path rows, String name) throws IOException {
        Path output = folder.resolve(name);
        String model = model(SmallJob.Mode.GRADIENT).toString();
        run("predict", model, "--input", rows.toString(), "--output", output.toString(), "--samples", "3");
        return PredictionLines.of(output);
    }

    private static String run(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.code()).as(run.err()).isZero();
        return run.out().strip();
    }
}
