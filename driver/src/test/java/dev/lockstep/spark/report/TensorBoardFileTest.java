package dev.lockstep.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.LayerFigures;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.HistogramProto;
import org.tensorflow.framework.Summary;
import org.tensorflow.hadoop.util.TFRecordReader;
import org.tensorflow.util.Event;

/** What TensorFlow's own reader, which checks both checksums of a record, and its own messages find in the file. */
class TensorBoardFileTest {
    /** TensorFlow's messages were generated for an earlier protobuf, which a newer one runs only if asked to. */
    private static final String OLD_MESSAGES = "com.google.protobuf.use_unsafe_pre22_gencode";

    private static final JsonNode JOB = new ObjectMapper()
            .createObjectNode()
            .put("seed", 7)
            .put("loss", "crossEntropy")
            .put("shuffle", true);

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
                Map.of(),
                null,
                1e-3,
                2.5,
                1000,
                64,
                null,
                new LayerFigures(Map.of("dense_1", 0.5), Map.of("dense_1", 0.125), Map.of("dense_1", 0.75)));
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

    /** Whoever writes against the shipped jar finds no class there that has another name. */
    @Test
    void itsConstructorTakesNothingThatTheJarRelocates() {
        for (Constructor<?> constructor : TensorBoardFile.class.getConstructors()) {
            assertThat(constructor.getParameterTypes())
                    .allMatch(type -> type.getName().startsWith("dev.lockstep."));
        }
    }

    @Test
    void scalarsAndTheJobAreWhereTensorBoardLooks() throws IOException {
        LocalDirectory directory = new LocalDirectory(folder);
        TensorBoardFile file = new TensorBoardFile(directory, JOB);
        file.started(plan(0));
        file.epoch(report(1));
        file.epoch(report(2));
        List<Event> events = events();
        assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
        assertThat(events.get(0).getWallTime()).isGreaterThan(1.6e9);
        Summary.Value job = events.get(1).getSummary().getValue(0);
        assertThat(job.getTag()).isEqualTo("job");
        assertThat(job.getTensor().getStringVal(0).toStringUtf8()).isEqualTo(JOB.toPrettyString());
        assertThat(job.getMetadata().getPluginData().getPluginName()).isEqualTo("text");
        assertThat(scalars(events))
                .contains(
                        "10 loss/training 1.0",
                        "10 loss/validation 2.0",
                        "10 accuracy/training 0.5",
                        "10 accuracy/validation 0.25",
                        "10 learningRate 0.001",
                        "20 loss/training 0.5",
                        "20 speed/rowsPerSecond 1000.0",
                        "20 gradientNorm/dense_1 0.5",
                        "20 updateRatio/dense_1 0.125",
                        "20 deadUnits/dense_1 0.75");
    }

    /** The epochs before come from {@code metrics.jsonl}; what the lost run had written after them is gone. */
    @Test
    void aResumedRunHasEachEpochOnce() throws IOException {
        LocalDirectory directory = new LocalDirectory(folder);
        MetricsFile metrics = new MetricsFile(directory);
        TensorBoardFile file = new TensorBoardFile(directory, JOB);
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

    /** As TensorBoard's plug-in <i>histograms</i> reads them. */
    @Test
    void weightsAreHistograms() throws IOException {
        TensorBoardFile file = new TensorBoardFile(new LocalDirectory(folder), JOB);
        Network network = Network.bind(new ModelSpec(List.of(new Dense(2)), new CrossEntropy()), Shape.of(2));
        file.started(plan(0));
        file.learned(10, network, new float[] {-1, 0, 1, 3, 0.5f, 0.5f});
        List<Event> events = events();
        Event weights = events.get(events.size() - 2);
        assertThat(weights.getStep()).isEqualTo(10);
        assertThat(weights.getSummary().getValue(0).getTag()).isEqualTo("weights/dense_1.weight");
        HistogramProto histogram = weights.getSummary().getValue(0).getHisto();
        assertThat(List.of(histogram.getMin(), histogram.getMax(), histogram.getNum(), histogram.getSum()))
                .containsExactly(-1.0, 3.0, 4.0, 3.0);
        assertThat(histogram.getSumSquares()).isEqualTo(11);
        assertThat(histogram.getBucketLimitList()).hasSize(40).first().isEqualTo(-0.9);
        assertThat(histogram.getBucketLimit(39)).isEqualTo(3);
        assertThat(histogram.getBucket(0)).isOne();
        assertThat(histogram.getBucket(10))
                .as("0 is where the eleventh bin begins")
                .isOne();
        assertThat(histogram.getBucketList().stream().mapToDouble(each -> each).sum())
                .isEqualTo(4);
    }

    /** The messages of the plug-in <i>hparams</i>, which TensorFlow does not have, field by field. */
    @Test
    void settingsAreHyperparameters() throws IOException {
        TensorBoardFile file = new TensorBoardFile(new LocalDirectory(folder), JOB);
        file.started(plan(0));
        file.finished(new TrainingSummary(3, 30, 1, "all epochs trained", 3, TimeSpent.UNKNOWN));
        List<Event> events = events();
        Summary.Value begin = events.get(2).getSummary().getValue(0);
        assertThat(begin.getTag()).isEqualTo("_hparams_/session_start_info");
        assertThat(begin.getMetadata().getPluginData().getPluginName()).isEqualTo("hparams");
        UnknownFieldSet start = only(
                UnknownFieldSet.parseFrom(begin.getMetadata().getPluginData().getContent()), 3);
        Map<String, Value> settings = new TreeMap<>();
        for (ByteString entry : start.getField(1).getLengthDelimitedList()) {
            UnknownFieldSet fields = UnknownFieldSet.parseFrom(entry);
            settings.put(
                    fields.getField(1).getLengthDelimitedList().get(0).toStringUtf8(),
                    Value.parseFrom(fields.getField(2).getLengthDelimitedList().get(0)));
        }
        assertThat(settings).containsOnlyKeys("loss", "seed", "shuffle");
        assertThat(settings.get("seed").getNumberValue()).isEqualTo(7);
        assertThat(settings.get("loss").getStringValue()).isEqualTo("crossEntropy");
        assertThat(settings.get("shuffle").getBoolValue()).isTrue();
        assertThat(start.getField(4).getLengthDelimitedList().get(0).toStringUtf8())
                .isEqualTo(folder.toString());
        Summary.Value end = events.get(3).getSummary().getValue(0);
        assertThat(end.getTag()).isEqualTo("_hparams_/session_end_info");
        UnknownFieldSet ended =
                only(UnknownFieldSet.parseFrom(end.getMetadata().getPluginData().getContent()), 4);
        assertThat(ended.getField(1).getVarintList()).as("success").containsExactly(1L);
    }

    private static UnknownFieldSet only(UnknownFieldSet fields, int number) throws IOException {
        assertThat(fields.asMap()).containsOnlyKeys(number);
        return UnknownFieldSet.parseFrom(
                fields.getField(number).getLengthDelimitedList().get(0));
    }

    private static List<String> scalars(List<Event> events) {
        return events.stream()
                .flatMap(event -> event.getSummary().getValueList().stream()
                        .filter(value -> !value.hasTensor() && !value.hasHisto())
                        .map(value -> event.getStep() + " " + value.getTag() + " " + value.getSimpleValue()))
                .toList();
    }
}
