package dev.lockstep.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.train.StepTimes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final TrainingOverview PLAN =
            new TrainingOverview(2, 469, 60_000, 10_000, 669_706, 8, 2, 2, 0, 0, "gradients");
    private static final EpochReport VALIDATED = new EpochReport(
            1,
            469,
            0.25,
            Map.of("accuracy", 0.9275),
            0.125,
            Map.of("accuracy", 0.96),
            null,
            1e-3,
            4.5,
            13_333.4,
            1L << 40,
            new StepTimes(3_000_000_000L, 250_000_000L, 500_000_000L));
    private static final EpochReport BARE =
            new EpochReport(2, 938, 1.5, Map.of("rmse", 0.75), null, Map.of(), 0.25, 5e-4, 3, 20_000, 0, null);

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private static void play(TrainingListener listener) {
        listener.started(PLAN);
        listener.step(1, 1, 469, 2.3);
        listener.step(1, 469, 469, 0.1);
        listener.epoch(VALIDATED);
        listener.step(2, 469, 469, 0.1);
        listener.epoch(BARE);
        listener.finished(new TrainingSummary(2, 938, 7.5, "all epochs trained"));
    }

    @Test
    void metricsFile() throws IOException {
        Files.writeString(directory.resolve("metrics.jsonl"), "from an earlier run");
        play(new MetricsFile(new LocalDirectory(directory)));
        assertThat(directory.resolve("metrics.jsonl")).hasContent("""
                        {"epoch":1,"step":469,"loss":0.25,"accuracy":0.9275,"validationLoss":0.125,\
                        "validationAccuracy":0.96,\
                        "learningRate":0.001,"seconds":4.5,"rowsPerSecond":13333.4,"bytesSent":1099511627776,\
                        "computeSeconds":3.0,"copySeconds":0.25,"waitSeconds":0.5}
                        {"epoch":2,"step":938,"loss":1.5,"rmse":0.75,"negativeLogLikelihood":1.5,\
                        "kl":0.25,"elbo":-1.75,"learningRate":5.0E-4,"seconds":3.0,\
                        "rowsPerSecond":20000.0,"bytesSent":0}
                        """);
    }

    @Test
    void eachEpochIsThereAsSoonAsItEnds() throws IOException {
        MetricsFile file = new MetricsFile(new LocalDirectory(directory));
        file.started(PLAN);
        assertThat(directory.resolve("metrics.jsonl")).isEmptyFile();
        file.epoch(BARE);
        assertThat(Files.readAllLines(directory.resolve("metrics.jsonl"))).hasSize(1);
    }

    @Test
    void aDirectoryThatCannotBe() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> new MetricsFile(new LocalDirectory(file)).started(PLAN))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(file + "/metrics.jsonl: cannot be written: ");
    }

    @Test
    void plainLines() {
        play(new ConsoleProgress(out, false));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        training 669,706 parameters on 60,000 rows, 10,000 for validation: 2 epochs of 469 steps, \
                        8 shards on 2 tasks, gradients
                        epoch 1/2  step 469  loss 0.2500 accuracy 0.9275  validation loss 0.1250 accuracy 0.9600  \
                        rate 0.001000  4.5 s  13,333 rows/s
                        epoch 2/2  step 938  loss 1.5000 rmse 0.7500  nll 1.5000 kl 0.2500 elbo -1.7500  rate 0.0005000\
                          3.0 s  20,000 rows/s
                        all epochs trained: 2 epochs, 938 steps in 7.5 s
                        """);
    }

    @Test
    void aBarOnATerminal() {
        try (ConsoleProgress progress = new ConsoleProgress(out, true)) {
            progress.started(PLAN);
            progress.step(1, 234, 469, 0.5);
            progress.epoch(VALIDATED);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("epoch 1/2")
                .contains("234/469")
                .contains("loss 0.5000")
                .endsWith("epoch 1/2  step 469  loss 0.2500 accuracy 0.9275  validation loss 0.1250 accuracy 0.9600"
                        + "  rate 0.001000  4.5 s  13,333 rows/s\n");
    }

    @Test
    void severalListeners() throws IOException {
        play(new Listeners(List.of(new MetricsFile(new LocalDirectory(directory)), new ConsoleProgress(out, false))));
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).hasSize(4);
        assertThat(Files.readAllLines(directory.resolve("metrics.jsonl"))).hasSize(2);
    }
}
