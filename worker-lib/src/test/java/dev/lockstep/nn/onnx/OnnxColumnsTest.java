package dev.lockstep.nn.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.column.Category;
import dev.lockstep.nn.data.column.CategoryEncoding;
import dev.lockstep.nn.data.column.ColumnEncoding;
import dev.lockstep.nn.data.column.Missing;
import dev.lockstep.nn.data.column.NumberScale;
import dev.lockstep.nn.data.column.Numeric;
import dev.lockstep.nn.data.column.NumericEncoding;
import dev.lockstep.nn.data.column.OneHot;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.data.column.Time;
import dev.lockstep.nn.data.column.TimeEncoding;
import dev.lockstep.nn.data.column.TimePart;
import dev.lockstep.nn.data.column.Words;
import dev.lockstep.nn.data.column.WordsEncoding;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns with types, encoded in the graph: from the same cells ONNX Runtime predicts what Lockstep does. */
class OnnxColumnsTest {
    private static final int ROWS = 9;

    private static RowEncoding.Column number(
            String name, Missing missing, NumberScale scale, List<Double> clip, Double fill, double shift) {
        Numeric spec = new Numeric(missing, scale, clip, null);
        return column(name, new NumericEncoding(spec, fill, shift, 2.5, null, null));
    }

    private static RowEncoding.Column bins(String name, double... edges) {
        List<Double> bounds = new ArrayList<>();
        for (double edge : edges) {
            bounds.add(edge);
        }
        Numeric spec = new Numeric(Missing.Named.INDICATOR, null, null, 4);
        return column(name, new NumericEncoding(spec, 3.0, null, null, bounds, null));
    }

    private static RowEncoding.Column column(String name, ColumnEncoding encoding) {
        return new RowEncoding.Column(name, encoding);
    }

    /** Each kind of setting that has a form of its own; epoch seconds lose all their digits in a float. */
    private static RowEncoding encoding(List<String> nulls) {
        return new RowEncoding(
                List.of(
                        number("as it is", Missing.Named.ERROR, NumberScale.NONE, null, null, 0),
                        number("seconds", Missing.Named.MEAN, NumberScale.STANDARDISE, null, 1.7e9 + 7, 1.7e9),
                        number("clipped", Missing.Named.INDICATOR, NumberScale.MIN_MAX, List.of(-1.0, 4.0), 9.0, 1),
                        number("log1p", new Missing.Constant(0.5), NumberScale.LOG1P, null, 0.5, 0.25),
                        bins("bins", 0, 2.5, 7),
                        bins("one bin"),
                        column("plan", new CategoryEncoding(new OneHot(), List.of("pro", "7", "é"), true, true, null)),
                        column("known", new CategoryEncoding(new OneHot(), List.of("pro", "7"), false, false, null)),
                        column("city", new CategoryEncoding(new Category(), List.of("a", "pro"), true, true, 3)),
                        column("town", new CategoryEncoding(new Category(), List.of("7", "é"), false, false, 2))),
                nulls);
    }

    private static final double[] NUMBERS = {0, -0.0, 2.5, 7, 1e6, -0.5, 1e-12, 6.999999999, 3};
    private static final String[] NAMES = {"pro", "7", "é", "", "new", "PRO", "a", "-", " "};

    private static Map<String, Object> row(RowEncoding encoding, int row) {
        Map<String, Object> cells = new HashMap<>();
        for (int i = 0; i < encoding.columns().size(); i++) {
            RowEncoding.Column column = encoding.columns().get(i);
            boolean isNumber = column.encoding() instanceof NumericEncoding;
            double value = NUMBERS[(row + i) % ROWS];
            value = column.name().equals("seconds") ? 1.7e9 + value : value;
            boolean missing = (row + i) % 4 == 3 && !column.name().equals("as it is");
            cells.put(column.name(), isNumber ? (missing ? (Object) Double.NaN : value) : NAMES[(row + i) % ROWS]);
        }
        return cells;
    }

    private static SavedModel model(RowEncoding encoding, Scaling scaling) {
        ModelSpec spec = new ModelSpec(List.of(new Dense(2)), new MeanSquaredError()).over(encoding);
        Network network = Network.bind(spec, Shape.of(encoding.width()));
        ModelDescription.Columns columns =
                new ModelDescription.Columns(null, null, encoding.names(), null, encoding, false);
        return SavedModel.of(network, network.initialize(5), scaling, 5, columns);
    }

    private static float[] run(byte[] onnx, RowEncoding encoding, List<Map<String, Object>> rows) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = {rows.size(), 1};
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try (OrtSession session = environment.createSession(onnx)) {
            for (RowEncoding.Column column : encoding.columns()) {
                Object[] cells =
                        rows.stream().map(row -> row.get(column.name())).toArray();
                if (column.encoding() instanceof NumericEncoding) {
                    DoubleBuffer numbers = DoubleBuffer.allocate(cells.length);
                    for (Object cell : cells) {
                        numbers.put((Double) cell);
                    }
                    inputs.put(column.name(), OnnxTensor.createTensor(environment, numbers.rewind(), shape));
                } else {
                    String[] texts = new String[cells.length];
                    for (int i = 0; i < texts.length; i++) {
                        texts[i] = ((String) cells[i]).strip();
                    }
                    inputs.put(column.name(), OnnxTensor.createTensor(environment, texts, shape));
                }
            }
            try (OrtSession.Result result = session.run(inputs)) {
                return ((OnnxTensor) result.get(OnnxExport.PREDICTION).orElseThrow())
                        .getFloatBuffer()
                        .array();
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {OnnxExport.LEAST_OPSET, OnnxExport.OPSET})
    void everyKindOfColumnIsEncodedTheSame(int opset) throws OrtException {
        for (List<String> nulls : new ArrayList<List<String>>(Arrays.asList(null, List.of("-", "a")))) {
            RowEncoding encoding = encoding(nulls);
            SavedModel model = model(encoding, Scaling.NONE);
            List<Map<String, Object>> rows = new ArrayList<>();
            for (int row = 0; row < ROWS; row++) {
                rows.add(row(encoding, row));
            }
            float[] actual = run(OnnxExport.of(model, opset), encoding, rows);
            Tensor expected = model.cellPredictor(ROWS).predict(rows);
            for (int i = 0; i < 2 * ROWS; i++) {
                float value = expected.array()[expected.offset() + i];
                assertThat((double) actual[i])
                        .as("nulls %s, row %d, output %d", nulls, i / 2, i % 2)
                        .isEqualTo(value, within(1e-5 * Math.max(1, Math.abs(value))));
            }
        }
    }

    /** The model is exported all the same, and takes features. */
    @Test
    void whatCannotBeEncodedIsOneLine() {
        Time time = new Time(List.of(TimePart.YEAR));
        Map<ColumnEncoding, String> obstacles = Map.of(
                new TimeEncoding(time, List.of(0.0), List.of(1.0), false),
                "column \"x\": ONNX has no operator that reads dates and times",
                new WordsEncoding(new Words(), List.of("a")),
                "column \"x\": ONNX has no operator that divides texts into words",
                new CategoryEncoding(new OneHot(null, null, 8, null), null, false, false, null),
                "column \"x\": ONNX has no operator that hashes texts as Lockstep does");
        obstacles.forEach((encoding, why) -> {
            SavedModel model = model(new RowEncoding(List.of(column("x", encoding)), null), Scaling.NONE);
            assertThat(OnnxExport.columnsObstacle(model)).isEqualTo(why);
            assertThat(OnnxExport.of(model, OnnxExport.OPSET)).asString().contains(OnnxExport.FEATURES);
        });
        RowEncoding taken = new RowEncoding(List.of(bins("prediction", 1)), null);
        assertThat(OnnxExport.columnsObstacle(model(taken, Scaling.NONE)))
                .isEqualTo("column \"prediction\": an output has that name");
        assertThat(OnnxExport.columnsObstacle(model(encoding(null), Scaling.NONE)))
                .isNull();
    }
}
