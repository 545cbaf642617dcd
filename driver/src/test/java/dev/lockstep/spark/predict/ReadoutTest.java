package dev.lockstep.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Huber;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanAbsoluteError;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.loss.NegativeBinomial;
import dev.lockstep.nn.loss.Poisson;
import dev.lockstep.nn.loss.Quantile;
import dev.lockstep.nn.loss.SoftCrossEntropy;
import dev.lockstep.nn.loss.StudentTNll;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.Targets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * The columns that each loss's predictions come as, and every cell to the last bit. {@code columns.txt} holds names,
 * types and a checksum of the cells as this test first saw them; where a column or a formula is meant to change, the
 * text that the failure shows takes its place.
 */
class ReadoutTest {
    private static final List<float[]> ROWS =
            List.of(new float[] {1, 2}, new float[] {-3, 0.5f}, new float[] {0.25f, -6});

    /**
     * A model's predictions.
     *
     * @param labels columns of the target
     * @param classes their names; null: called by index, or none
     */
    private record Case(
            String name, Loss loss, int outputs, List<String> labels, List<String> classes, Targets targets) {}

    private static final List<Case> CASES = List.of(
            classes("named classes", new CrossEntropy(), 3, List.of("a b", "c", "d")),
            classes("classes by index", new CrossEntropy(), 2, null),
            classes("yes or no", new BinaryCrossEntropy(), 1, List.of("no", "yes")),
            classes("0 or 1", new BinaryCrossEntropy(), 1, null),
            values("several questions", new BinaryCrossEntropy(), 2, "u", "v"),
            values("one question of many", new BinaryCrossEntropy(), 1, "u"),
            values("count", new Poisson(), 1, "n"),
            values("counts", new Poisson(), 2, "n", "m"),
            values("number", new MeanSquaredError(), 1, "z"),
            values("numbers", new MeanAbsoluteError(), 2, "z", "w"),
            values("numbers of one column", new Huber(null), 2, "z"),
            values("mean and variance", new GaussianNll(), 2, "z"),
            values("means and variances", new GaussianNll(), 4, "z", "w"),
            values("heavy tails", new StudentTNll(null, null, null), 2, "z"),
            values("overdispersed count", new NegativeBinomial(), 2, "n"),
            values("quantile", new Quantile(List.of(0.5)), 1, "z"),
            values("quantiles", new Quantile(null), 6, "z", "w"),
            values("shares", new SoftCrossEntropy(), 3, "a", "b", "c"));

    private static Case classes(String name, Loss loss, int outputs, List<String> names) {
        return new Case(name, loss, outputs, List.of("kind"), names, Targets.CLASS);
    }

    private static Case values(String name, Loss loss, int outputs, String... labels) {
        return new Case(name, loss, outputs, List.of(labels), null, Targets.VALUES);
    }

    private static SavedModel model(Case predicted, int members, Scaling scaling) {
        List<LayerSpec> layers =
                List.of(new Dense(8, new Activation.Tanh()), new Dropout(0.5), new Dense(predicted.outputs));
        Network network = Network.bind(new ModelSpec(layers, predicted.loss, null, null, null, members), Shape.of(2));
        SourceSpec source = new SourceSpec(
                "train.csv",
                SourceSpec.Format.CSV,
                new Names(predicted.labels),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        DataSchema schema = new DataSchema(
                source,
                Shape.of(2),
                List.of("x", "y"),
                predicted.labels,
                predicted.targets,
                predicted.targets == Targets.CLASS ? Math.max(2, predicted.outputs) : 0,
                predicted.classes);
        ModelDescription.Columns columns =
                new ModelDescription.Columns(predicted.classes, predicted.labels, List.of("x", "y"), schema.toTree());
        return SavedModel.of(network, network.initialize(3), scaling, 3, columns);
    }

    @Test
    void columnsAndCells() throws IOException {
        StringJoiner lines = new StringJoiner("\n", "", "\n");
        Scaling scaled = Scaling.NONE.withTargets(new Scaling(new float[] {3}, new float[] {0.5f}));
        for (Case predicted : CASES) {
            lines.add(line(predicted, "", 1, 0, Scaling.NONE));
            lines.add(line(predicted, ", samples", 1, 4, Scaling.NONE));
            lines.add(line(predicted, ", ensemble", 3, 0, Scaling.NONE));
            if (predicted.name.startsWith("number") || predicted.name.startsWith("mean")) {
                lines.add(line(predicted, ", scaled", 1, 0, scaled));
                lines.add(line(predicted, ", samples, scaled", 1, 4, scaled));
            }
        }
        assertThat(lines.toString()).isEqualTo(resource());
    }

    /** The most probable classes in place of all, as sorting the probabilities has them; ties by index. */
    @Test
    void mostProbableClasses() {
        SavedModel model = model(classes("seven", new CrossEntropy(), 7, null), 1, Scaling.NONE);
        Readout all = readout(model, 0);
        Readout top = readout(model, 3);
        assertThat(top.addTo(new StructType()).fieldNames())
                .containsExactly(
                        "prediction", "probability", "prediction2", "probability2", "prediction3", "probability3");
        Predictor predictor = model.predictor(0, ROWS.size(), false);
        predictor.predict(ROWS);
        for (int row = 0; row < ROWS.size(); row++) {
            Object[] each = new Object[all.width()];
            Object[] ranked = new Object[top.width()];
            all.write(predictor.uncertainty(), row, new CellList(each));
            top.write(predictor.uncertainty(), row, new CellList(ranked));
            List<Integer> order = IntStream.range(0, 7)
                    .boxed()
                    .sorted(Comparator.comparing(k -> -(Float) each[2 + k]))
                    .toList();
            assertThat(ranked)
                    .containsExactly(
                            order.get(0), each[2 + order.get(0)],
                            order.get(1), each[2 + order.get(1)],
                            order.get(2), each[2 + order.get(2)]);
        }
    }

    @Test
    void ofManyClassesTheMostProbableOnes() {
        assertThat(readout(model(classes("many", new CrossEntropy(), 256, null), 1, Scaling.NONE), 0)
                        .width())
                .isEqualTo(2 + 256);
        assertThat(readout(model(classes("more", new CrossEntropy(), 257, null), 1, Scaling.NONE), 0)
                        .width())
                .isEqualTo(2 * 5);
        assertThatThrownBy(() -> readout(model(classes("three", new CrossEntropy(), 3, null), 1, Scaling.NONE), 4))
                .hasMessage("top: expected 1 to 3, the number of classes, got 4");
        assertThatThrownBy(() -> readout(model(values("number", new MeanSquaredError(), 1, "z"), 1, Scaling.NONE), 2))
                .hasMessage("top: the model does not choose one of several classes, so there is nothing to rank");
    }

    private static Readout readout(SavedModel model, int top) {
        ModelDescription description = model.description();
        return Readout.of(model.network(), description, DataSchema.of(description), 0, top);
    }

    private static String resource() throws IOException {
        try (InputStream text = ReadoutTest.class.getResourceAsStream("columns.txt")) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String line(Case predicted, String how, int members, int samples, Scaling scaling) {
        SavedModel model = model(predicted, members, scaling);
        ModelDescription description = model.description();
        Readout readout = Readout.of(model.network(), description, DataSchema.of(description), samples, 0);
        StructType table = readout.addTo(new StructType());
        String columns = Stream.of(table.fields())
                .map(column ->
                        "\n    " + column.name() + " " + column.dataType().simpleString())
                .collect(Collectors.joining());
        Predictor predictor =
                new Predictor(model.network(), model.parameters(), scaling, 3, samples, ROWS.size(), false);
        predictor.predict(ROWS);
        CRC32 checksum = new CRC32();
        for (int row = 0; row < ROWS.size(); row++) {
            Object[] cells = new Object[readout.width()];
            readout.write(predictor.uncertainty(), row, new CellList(cells));
            for (Object cell : cells) {
                checksum.update(text(cell).getBytes(StandardCharsets.UTF_8));
            }
        }
        return String.format(Locale.ROOT, "%s%s: cells %08x", predicted.name, how, checksum.getValue()) + columns;
    }

    /** The text of a float's bits, which unlike that of the float is the same on every JDK. */
    private static String text(Object cell) {
        return cell instanceof Float number ? Integer.toHexString(Float.floatToIntBits(number)) : cell.toString();
    }
}
