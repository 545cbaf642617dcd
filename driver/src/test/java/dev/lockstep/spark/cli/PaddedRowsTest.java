package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.Predictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Rows of unequal length from a file to a prediction: the cells behind a row's end are never read. */
class PaddedRowsTest extends ExampleJobs {
    private static final int ROWS = 90;
    private static final int FEATURES = 2;

    /**
     * The valid steps of a row, its length and what is to be predicted.
     *
     * @param steps {@code [length, features]}
     */
    private record Sequence(double[] steps, double sum) {
        int length() {
            return steps.length / FEATURES;
        }
    }

    private static List<Sequence> sequences() {
        Random random = new Random(4);
        List<Sequence> rows = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            double[] steps = new double[FEATURES * random.nextInt(4)];
            for (int i = 0; i < steps.length; i++) {
                steps[i] = 100 + random.nextInt(16) / 4.0;
            }
            rows.add(new Sequence(steps, Arrays.stream(steps).sum() / 100));
        }
        return rows;
    }

    /** Padded to some steps with cells of the given text. */
    private Path csv(String name, int steps, String cell) throws IOException {
        StringJoiner names = new StringJoiner(",");
        for (int i = 0; i < steps * FEATURES; i++) {
            names.add("f" + i);
        }
        List<String> lines = new ArrayList<>(List.of(names + ",n,y"));
        for (Sequence row : sequences()) {
            StringJoiner cells = new StringJoiner(",");
            for (int i = 0; i < steps * FEATURES; i++) {
                cells.add(i < row.steps.length ? Double.toString(row.steps[i]) : cell);
            }
            lines.add(cells + "," + row.length() + "," + row.sum);
        }
        return Files.write(temporary.resolve(name + ".csv"), lines);
    }

    /** Each row's features in one array, padded with what is no number. */
    private Path parquet(int steps) {
        List<Row> rows = new ArrayList<>();
        for (Sequence row : sequences()) {
            Double[] cells = new Double[steps * FEATURES];
            for (int i = 0; i < cells.length; i++) {
                cells[i] = i < row.steps.length ? Double.valueOf(row.steps[i]) : i % 2 == 0 ? null : Double.NaN;
            }
            rows.add(RowFactory.create(cells, row.length(), row.sum));
        }
        StructType type = new StructType()
                .add("f", DataTypes.createArrayType(DataTypes.DoubleType))
                .add("n", DataTypes.IntegerType)
                .add("y", DataTypes.DoubleType);
        Path path = temporary.resolve("rows.parquet");
        spark.createDataFrame(rows, type).write().parquet(path.toString());
        return path;
    }

    /** Trains and returns the last line's SHA-256 of the model. */
    private String trained(Path rows, int steps) throws IOException {
        Path job = Files.writeString(temporary.resolve("padded.yaml"), """
                data:
                  train: {path: "%s", label: y, length: n, shape: [%d, 2]}
                  validation: 0.25
                  scale: standardise
                  shards: 3
                model:
                  layers:
                    - conv1d: {filters: 4, kernel: 3, padding: same}
                    - batchNorm: {activation: relu}
                    - maxPool1d: {size: 2, stride: 1, padding: same}
                    - globalAveragePool
                    - dense: 1
                  loss: meanSquaredError
                train: {batchSize: 20}
                output: {dir: unused}
                """.formatted(rows, steps));
        CommandLineRun run = train(job, "train.epochs=3", "--overwrite");
        assertThat(run.err()).doesNotContain("error");
        assertThat(run.code()).isZero();
        return run.out().substring(run.out().indexOf("sha256"));
    }

    private List<String> predicted(Path rows, String name) {
        Path predictions = temporary.resolve(name);
        CommandLineRun run = CommandLineRun.of(
                "predict",
                temporary.resolve("model").toString(),
                "--input",
                rows.toString(),
                "--output",
                predictions.toString(),
                "--output-format",
                "csv");
        assertThat(run.err()).doesNotContain("error");
        return spark
                .read()
                .option("header", true)
                .csv(predictions.toString())
                .select("prediction")
                .collectAsList()
                .stream()
                .map(row -> row.getString(0))
                .toList();
    }

    @Test
    void cellsBehindTheEndOfARowAreNeverRead() throws IOException {
        Path zeros = csv("zeros", 4, "0");
        String expected = trained(zeros, 4);
        List<String> predictions = predicted(zeros, "predicted zeros");
        assertThat(predictions).hasSize(ROWS);
        for (String cell : List.of("", "unknown")) {
            Path rows = csv("cells", 4, cell);
            assertThat(trained(rows, 4)).as("\"%s\"", cell).isEqualTo(expected);
            assertThat(predicted(rows, "predicted \"" + cell + "\"")).isEqualTo(predictions);
        }
        Path longer = csv("longer", 6, "");
        assertThat(trained(longer, 6)).isEqualTo(expected);
        assertThat(predicted(longer, "predicted longer")).isEqualTo(predictions);
        assertThat(trained(parquet(5), 5)).isEqualTo(expected);
    }

    @Test
    void inPlainJavaAModelOfRowsOfUnequalLengthExpectsTheirLengths() throws IOException {
        Path rows = csv("rows", 4, "");
        trained(rows, 4);
        List<String> expected = predicted(rows, "predicted");
        SavedModel model = ModelFiles.load(new LocalDirectory(temporary.resolve("model")));
        Predictor predictor = model.predictor(1);
        List<Sequence> sequences = sequences();
        for (int row = 0; row < ROWS; row++) {
            float[] features = new float[4 * FEATURES + 1];
            Arrays.fill(features, Float.NaN);
            double[] steps = sequences.get(row).steps;
            for (int i = 0; i < steps.length; i++) {
                features[i] = (float) steps[i];
            }
            features[4 * FEATURES] = sequences.get(row).length();
            assertThat(Float.toString(predictor.predict(List.of(features)).array()[0]))
                    .isEqualTo(expected.get(row));
        }
        assertThatThrownBy(() -> predictor.predict(List.of(new float[8])))
                .hasMessage("expected 8 features and the number of steps, got 8");
    }
}
