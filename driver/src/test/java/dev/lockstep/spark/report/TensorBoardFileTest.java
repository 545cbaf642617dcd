package dev.lockstep.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.LocalDirectory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.Summary;
import org.tensorflow.hadoop.util.TFRecordReader;
import org.tensorflow.util.Event;

/** What TensorFlow's own reader, which checks both checksums of a record, and its own messages find in the file. */
class TensorBoardFileTest {
    /** TensorFlow's messages were generated for an earlier protobuf, which a newer one runs only if asked to. */
    private static final String OLD_MESSAGES = "com.google.protobuf.use_unsafe_pre22_gencode";

    @TempDir
    private Path folder;

    @BeforeAll
    static void allowOldMessages() {
        System.setProperty(OLD_MESSAGES, "true");
    }

    @AfterAll
    static void forbidOldMessages() {
        System.clearProperty(OLD_MESSAGES);
    }

    private static EpochReport report(int epoch) {
        return new EpochReport(
                epoch,
                10L * epoch,
                1.0 / epoch,
                Map.of("accuracy", 0.5),
                2.0 / epoch,
                Map.of("accuracy", 0.25),
                null,
                1e-3,
                2.5,
                1000,
                64,
                null);
    }

    private static TrainingOverview plan(int completed) {
        return new TrainingOverview(3, 10, 100, 20, 42, 4, 2, 2, completed, 10L * completed, "gradient");
    }

    private List<Event> events() throws IOException {
        byte[] file = Files.readAllBytes(folder.resolve(TensorBoardFile.NAME));
        TFRecordReader reader = new TFRecordReader(new ByteArrayInputStream(file), true);
        List<Event> events = new ArrayList<>();
        for (byte[] record = reader.read(); record != null; record = reader.read()) {
            events.add(Event.parseFrom(record));
        }
        return events;
    }

    @Test
    void scalarsAndTheJobAreWhereTensorBoardLooks() throws IOException {
        LocalDirectory directory = new LocalDirectory(folder);
        TensorBoardFile file = new TensorBoardFile(directory, "model: {}\n");
        file.started(plan(0));
        file.epoch(report(1));
        file.epoch(report(2));
        List<Event> events = events();
        assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
        assertThat(events.get(0).getWallTime()).isGreaterThan(1.6e9);
        Summary.Value job = events.get(1).getSummary().getValue(0);
        assertThat(job.getTag()).isEqualTo("job");
        assertThat(job.getTensor().getStringVal(0).toStringUtf8()).isEqualTo("model: {}\n");
        assertThat(job.getMetadata().getPluginData().getPluginName()).isEqualTo("text");
        assertThat(scalars(events))
                .contains(
                        "10 loss/training 1.0",
                        "10 loss/validation 2.0",
                        "10 accuracy/training 0.5",
                        "10 accuracy/validation 0.25",
                        "10 learningRate 0.001",
                        "20 loss/training 0.5",
                        "20 speed/rowsPerSecond 1000.0");
    }

    /** The epochs before come from {@code metrics.jsonl}; what the lost run had written after them is gone. */
    @Test
    void aResumedRunHasEachEpochOnce() throws IOException {
        LocalDirectory directory = new LocalDirectory(folder);
        MetricsFile metrics = new MetricsFile(directory);
        TensorBoardFile file = new TensorBoardFile(directory, "");
        for (TrainingListener listener : List.of(metrics, file)) {
            listener.started(plan(0));
            listener.epoch(report(1));
            listener.epoch(report(2));
        }
        for (TrainingListener listener : List.of(metrics, file)) {
            listener.started(plan(1));
            listener.epoch(report(2));
            listener.epoch(report(3));
        }
        assertThat(scalars(events()).stream().filter(line -> line.contains("loss/training")))
                .containsExactly("10 loss/training 1.0", "20 loss/training 0.5", "30 loss/training 0.33333334");
    }

    private static List<String> scalars(List<Event> events) {
        return events.stream()
                .flatMap(event -> event.getSummary().getValueList().stream()
                        .filter(value -> !value.hasTensor())
                        .map(value -> event.getStep() + " " + value.getTag() + " " + value.getSimpleValue()))
                .toList();
    }
}
