package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.ml.NeuralNetworkClassificationModel;
import dev.lockstep.spark.ml.NeuralNetworkClassifier;
import dev.lockstep.spark.ml.NeuralNetworkRegressionModel;
import dev.lockstep.spark.ml.NeuralNetworkRegressor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** What columns are worth, of a model and of a row: the same through spark.ml and the command line. */
class ImportanceTest extends SparkTest {
    private static final int ROWS = 600;

    /** A class that follows from x and from a colour; y says nothing. */
    private Path rows() throws IOException {
        StringBuilder text = new StringBuilder("x,y,colour,label\n");
        String[] colours = {"red", "green", "blue"};
        for (int i = 0; i < ROWS; i++) {
            double x = (i * 37 % 101 - 50) / 25.0;
            double y = (i * 53 % 97 - 48) / 24.0;
            String colour = colours[i * 7 % 3];
            int label = x + (colour.equals("red") ? 1.5 : -0.5) > 0 ? 1 : 0;
            text.append(x)
                    .append(',')
                    .append(y)
                    .append(',')
                    .append(colour)
                    .append(',')
                    .append(label)
                    .append('\n');
        }
        return write("rows.csv", text.toString());
    }

    private Dataset<Row> table(Path path) {
        return spark.read().option("header", true).option("inferSchema", true).csv(path.toString());
    }

    private static JsonNode json(CommandLineRun run) throws IOException {
        assertThat(run.err()).doesNotContain("error");
        assertThat(run.code()).isZero();
        return SpecMapper.json().readTree(run.out());
    }

    private static String[] with(String[] call, String... more) {
        return Stream.concat(Arrays.stream(call), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void typedColumnsAreMeasuredAndExplainedAsOne() throws IOException {
        Path path = rows();
        Dataset<Row> table = table(path);
        NeuralNetworkClassificationModel model = new NeuralNetworkClassifier()
                .setColumns("{x: number, y: number, colour: oneHot}")
                .setNetwork("[{dense: {units: 8, activation: tanh}}, {dense: 2}]")
                .setStepSize(0.03)
                .setMaxIter(8)
                .setShards(2)
                .fit(table);
        List<Row> importance = model.importance(table).collectAsList();
        assertThat(importance).extracting(row -> row.getString(0)).containsExactly("x", "colour", "y");
        assertThat(importance.get(1).<Double>getAs("lossIncrease")).isGreaterThan(0.05);
        assertThat(importance.get(2).<Double>getAs("scoreLoss")).isCloseTo(0, within(0.03));
        assertThat(importance.get(0).getList(5)).hasSize(2);
        assertThat(model.importance(table.repartition(5)).collectAsList()).isEqualTo(importance);
        assertThat(model.importance(table, 2, 9).collectAsList()).isNotEqualTo(importance);

        String saved = directory.resolve("model").toString();
        model.save(saved);
        String[] call = {"importance", saved, "--data", path.toString(), "--format", "csv", "--header", "true"};
        JsonNode printed = json(CommandLineRun.of(with(call, "--json")));
        for (int i = 0; i < 3; i++) {
            JsonNode column = printed.path("columns").get(i);
            assertThat(column.path("column").asText())
                    .isEqualTo(importance.get(i).getString(0));
            assertThat(column.path("lossIncrease").asDouble())
                    .isEqualTo(importance.get(i).getDouble(1));
            assertThat(column.path("accuracyDrop").asDouble())
                    .isEqualTo(importance.get(i).getDouble(3));
        }
        Path data = Path.of(saved, "data");
        assertThat(Files.readString(data.resolve("importance.json"))).isEqualTo(printed + "\n");
        assertThat(CommandLineRun.of("report", data.toString()).code()).isZero();
        assertThat(Files.readString(data.resolve("report.html"))).contains("\"scoreChange\":\"accuracyDrop\"");
        CommandLineRun some = CommandLineRun.of(with(call, "--columns", "y"));
        assertThat(some.out().lines()).hasSize(2);
        assertThat(CommandLineRun.of(with(call, "--columns", "z")).err()).contains("unknown column \"z\"");
        assertThat(CommandLineRun.of("importance", saved).err()).contains("name the rows with --data PATH");

        Path output = directory.resolve("predictions");
        CommandLineRun predict = CommandLineRun.of(
                "predict",
                saved,
                "--input",
                path.toString(),
                "--format",
                "csv",
                "--header",
                "true",
                "--output",
                output.toString(),
                "--attributions");
        assertThat(predict.err()).doesNotContain("error");
        Dataset<Row> explained = table(output);
        assertThat(explained.columns())
                .endsWith(
                        "attribution_0_x",
                        "attribution_0_y",
                        "attribution_0_colour",
                        "attribution_1_x",
                        "attribution_1_y",
                        "attribution_1_colour");
        Row first = explained.filter("x > 1").first();
        assertThat(first.<Double>getAs("attribution_1_x")).isPositive();
        assertThat(first.<Double>getAs("attribution_0_x")).isNegative();
        Row vectors = model.copy(ParamMap.empty())
                .setAttributionsCol("parts")
                .transform(table.filter("x > 1"))
                .first();
        Vector ofClassOne =
                (Vector) vectors.getList(vectors.fieldIndex("parts")).get(1);
        assertThat((float) ofClassOne.apply(0)).isEqualTo((float) (double) first.<Double>getAs("attribution_1_x"));
    }

    /** The parts of a row add up to what it has more than the average row. */
    @Test
    void partsOfVectorsAddUp() {
        List<Row> pairs = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            double x = (i * 37 % 101 - 30) / 25.0;
            double y = (i * 53 % 97 - 48) / 24.0;
            pairs.add(RowFactory.create(Vectors.dense(x, y), x * x - y));
        }
        Dataset<Row> rows = spark.createDataFrame(
                pairs,
                new StructType().add("features", SQLDataTypes.VectorType()).add("label", DataTypes.DoubleType));
        NeuralNetworkRegressionModel model = new NeuralNetworkRegressor()
                .setNetwork("[{dense: {units: 8, activation: tanh}}, {dense: 1}]")
                .setSettings("data.scale=standardise", "data.scaleTarget=standardise")
                .setStepSize(0.05)
                .setMaxIter(5)
                .setShards(1)
                .setAttributionsCol("parts")
                .fit(rows);
        assertThat(model.featureColumns()).containsExactly("0", "1");
        float[] mean = model.savedModel().description().scaling().mean();
        double average = model.predict(Vectors.dense(mean[0], mean[1]));
        for (Row row : model.transform(rows).collectAsList()) {
            Vector parts = row.getAs("parts");
            double difference = row.<Double>getAs("prediction") - average;
            assertThat(parts.apply(0) + parts.apply(1)).isCloseTo(difference, within(2e-3));
        }
        List<Row> importance = model.importance(rows).collectAsList();
        assertThat(importance).hasSize(2);
        assertThat(importance.get(0).isNullAt(5)).isTrue();
    }
}
