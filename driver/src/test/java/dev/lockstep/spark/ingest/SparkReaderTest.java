package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.predict.PredictionInput;
import dev.lockstep.spark.predict.TablePrediction;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rows by the readers of Spark, and columns inside of columns: the same rows give the same model. */
@Tag("compat")
class SparkReaderTest extends SparkTest {
    private SavedModel train(String train, String columns) {
        return new TrainingJob(
                        spark,
                        JobFile.parse("""
                            data: {train: {%s, label: y}, shards: 2, columns: %s}
                            model: {layers: [dense: 1], loss: meanSquaredError}
                            train: {epochs: 1, batchSize: 4}
                            output: {dir: unused}
                            """.formatted(train, columns), "job.yaml", List.of()),
                        new TrainingListener() {})
                .run()
                .model();
    }

    private Dataset<Row> rows() throws IOException {
        StringBuilder text = new StringBuilder("age,plan,y\n");
        for (int row = 0; row < 20; row++) {
            text.append("%d,%s,%d%n".formatted(20 + row, row % 3 == 0 ? "pro" : "basic", row % 4));
        }
        Path file = write("rows.csv", text.toString());
        return spark.read().option("header", true).option("inferSchema", true).csv(file.toString());
    }

    private static String sha256(SavedModel model) {
        return model.description().sha256();
    }

    @Test
    void everyReaderGivesTheSameModel() throws IOException {
        Dataset<Row> rows = rows();
        String columns = "{age: number, plan: oneHot}";
        String expected = sha256(train("path: " + directory.resolve("rows.csv"), columns));
        rows.write().orc(directory.resolve("orc").toString());
        rows.write().json(directory.resolve("json").toString());
        assertThat(sha256(train("path: " + directory.resolve("orc") + ", reader: orc", columns)))
                .isEqualTo(expected);
        assertThat(sha256(train("path: " + directory.resolve("json") + ", format: spark, reader: json", columns)))
                .isEqualTo(expected);
        String csv = "path: " + directory.resolve("rows.csv") + ", reader: csv, options: {header: true}";
        assertThat(sha256(train(csv, columns))).isEqualTo(expected);
        String query = ", query: \"select age as years, upper(plan) as p, y from rows where y >= 0\"";
        assertThat(sha256(train(csv + query, "{years: number, p: oneHot}"))).isEqualTo(expected);
        assertThat(spark.catalog().tableExists("rows")).isFalse();
        String files = "path: \"orc.`%s`\", format: table".formatted(directory.resolve("orc"));
        assertThat(sha256(train(files, columns))).isEqualTo(expected);
    }

    @Test
    void fieldsOfStructuresAreColumns() throws IOException {
        Dataset<Row> rows = rows();
        String expected = sha256(train("path: " + directory.resolve("rows.csv"), "{age: number, plan: oneHot}"));
        Dataset<Row> nested = rows.selectExpr("struct(age, struct(plan) as more) as who", "y");
        nested.write().parquet(directory.resolve("nested").toString());
        String parquet = "path: " + directory.resolve("nested") + ", format: parquet";
        SavedModel model = train(parquet, "{who.age: number, who.more.plan: oneHot}");
        assertThat(sha256(model)).isEqualTo(expected);
        SourceSpec source = source().path(directory.resolve("nested"))
                .format(SourceSpec.Format.PARQUET)
                .spec();
        DataSchema schema = DataSchema.of(model.description());
        Dataset<Row> predicted = TablePrediction.of(spark, PredictionInput.open(spark, source, schema), model, 0);
        assertThat(predicted.columns()).containsExactly("who", "y", "prediction");
        assertThat(predicted.count()).isEqualTo(20);
    }

    @Test
    void readersThatCannotReadAreRefused() {
        assertThatThrownBy(() -> train("path: x, format: spark", "{a: number}"))
                .isInstanceOf(IngestException.class)
                .hasMessage("x: format spark needs reader, such as orc, json, avro, jdbc or delta");
        assertThatThrownBy(() -> train("path: " + directory + "/none, reader: orc", "{a: number}"))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("none: reader orc cannot read it: ");
        assertThatThrownBy(() -> train("path: x.csv, format: csv, query: select 1", "{a: number}"))
                .isInstanceOf(IngestException.class);
    }
}
