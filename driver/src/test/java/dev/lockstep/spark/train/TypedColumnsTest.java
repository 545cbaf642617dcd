package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.model.CellPredictor;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.spark.LocalSession;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.predict.PredictionInput;
import dev.lockstep.spark.predict.TablePrediction;
import dev.lockstep.spark.report.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns with types: one model whatever the layout and the door, one prediction whoever asks. */
class TypedColumnsTest {
    @TempDir
    private Path directory;

    private static SavedModel train(SparkSession session, JobSpec job) {
        return new TrainingJob(session, job, new TrainingListener() {}).run().model();
    }

    private static String sha256(SavedModel model) {
        return model.description().sha256();
    }

    /** The file's columns as a database would have them. */
    private static Dataset<Row> typed(SparkSession session, Path rows) {
        Dataset<Row> table = session.read().option("header", true).csv(rows.toString());
        return table.withColumn("age", functions.expr("try_cast(age as bigint)"))
                .withColumn("income", functions.expr("try_cast(income as double)"))
                .withColumn("since", functions.expr("try_cast(since as int)"))
                .withColumn("when", functions.expr("try_cast(when as timestamp)"));
    }

    @Test
    void layoutsDoorsAndOrdersGiveOneModel() throws IOException {
        Path rows = TypedRows.write(directory, 1, 0);
        String expected;
        try (SparkSession session = LocalSession.start(1)) {
            SavedModel model = train(session, TypedRows.job(rows, "csv"));
            expected = sha256(model);
            assertThat(model.network().spec().layers().get(0)).isInstanceOf(ColumnEmbeddings.class);
            assertThat(model.description().encoding().width())
                    .isEqualTo(model.network().input().size());
        }
        try (SparkSession session = LocalSession.start(3)) {
            assertThat(sha256(train(session, TypedRows.job(TypedRows.write(directory, 4, 9), "csv"))))
                    .isEqualTo(expected);
            session.conf().set("spark.sql.session.timeZone", "UTC");
            Dataset<Row> table = typed(session, rows);
            Path parquet = directory.resolve("parquet");
            table.repartition(5).write().parquet(parquet.toString());
            table.repartition(2).createOrReplaceTempView("customers");
            assertThat(sha256(train(session, TypedRows.job(parquet, "parquet"))))
                    .isEqualTo(expected);
            assertThat(sha256(train(session, TypedRows.job("customers", "table"))))
                    .isEqualTo(expected);
        }
    }

    @Test
    void filesTablesStreamsAndAPlainJvmPredictTheSame() throws IOException {
        Path rows = TypedRows.write(directory, 2, 1);
        Path saved = directory.resolve("model");
        try (SparkSession session = LocalSession.start(2)) {
            ModelFiles.save(new LocalDirectory(saved), train(session, TypedRows.job(rows, "csv")));
            SavedModel model = ModelFiles.load(new LocalDirectory(saved));
            DataSchema schema = DataSchema.of(model.description());
            List<Row> files = TablePrediction.of(
                            session,
                            PredictionInput.open(session, SourceSpec.ofPath(rows.toString()), schema),
                            model,
                            0)
                    .collectAsList();
            Map<String, Float> byId = probabilities(files, row -> row.getAs("id"));
            assertThat(byId).hasSize(500);
            session.conf().set("spark.sql.session.timeZone", "UTC");
            Dataset<Row> table = typed(session, rows);
            assertThat(probabilities(TablePrediction.of(table, model, 0).collectAsList(), row -> row.getAs("id")))
                    .isEqualTo(byId);
            assertThat(streamed(session, table, model)).isEqualTo(byId);
            assertThat(plain(model, files)).isEqualTo(byId);
            assertThat(plain(model, table.collectAsList())).isEqualTo(byId);
        }
    }

    /** Raw cells on a stream, in the order and the portions in which they come. */
    private Map<String, Float> streamed(SparkSession session, Dataset<Row> table, SavedModel model) {
        Path folder = directory.resolve("stream");
        table.repartition(3).write().parquet(folder.toString());
        Dataset<Row> stream = session.readStream()
                .schema(table.schema())
                .option("maxFilesPerTrigger", 2)
                .parquet(folder.toString());
        try {
            TablePrediction.of(stream, model, 0)
                    .writeStream()
                    .format("memory")
                    .queryName("predicted")
                    .trigger(Trigger.AvailableNow())
                    .start()
                    .awaitTermination();
        } catch (StreamingQueryException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
        return probabilities(session.table("predicted").collectAsList(), row -> row.getAs("id"));
    }

    /** What auto says it has guessed is what it trains. */
    @Test
    void guessedTypesMayBePasted() throws IOException {
        Path rows = TypedRows.write(directory, 2, 3);
        List<String> notices = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
            }
        };
        try (SparkSession session = LocalSession.start(2)) {
            JobSpec auto = TypedRows.job(rows, "csv", "data.columns=auto");
            String guessed =
                    sha256(new TrainingJob(session, auto, listener).run().model());
            assertThat(notices)
                    .startsWith(
                            "data.columns: auto stands for these lines, which you can paste into the job file:",
                            "  columns:",
                            "    age: {number: {missing: indicator}}",
                            "    income: {number: {missing: indicator}}",
                            "    since: {number: {missing: indicator}}",
                            "    city: {category: {least: 2}}",
                            "    plan: oneHot",
                            "    when: {time: {parts: [hour, weekday, month, elapsed], missing: indicator}}",
                            "    note: {category: {least: 2}}",
                            "column \"id\" is left out: it numbers the rows");
            String types =
                    notices.subList(2, 9).stream().map(String::strip).collect(Collectors.joining(", ", "{", "}"));
            assertThat(sha256(train(session, TypedRows.job(rows, "csv", "data.columns=" + types))))
                    .isEqualTo(guessed);
        }
    }

    private static Map<String, Float> probabilities(List<Row> rows, Function<Row, String> id) {
        Map<String, Float> found = new HashMap<>();
        rows.forEach(row -> found.put(id.apply(row), row.getAs("probability_yes")));
        return found;
    }

    private static Map<String, Float> plain(SavedModel model, List<Row> rows) {
        CellPredictor predictor = model.cellPredictor(64);
        Map<String, Float> found = new HashMap<>();
        for (int from = 0; from < rows.size(); from += 64) {
            List<Row> chunk = rows.subList(from, Math.min(rows.size(), from + 64));
            List<Map<String, Object>> cells = new ArrayList<>();
            for (Row row : chunk) {
                Map<String, Object> named = new HashMap<>();
                TypedRows.COLUMNS.forEach(name -> named.put(name, row.getAs(name)));
                cells.add(named);
            }
            Tensor predicted = predictor.predict(cells);
            for (int i = 0; i < chunk.size(); i++) {
                found.put(chunk.get(i).getAs("id"), predicted.array()[predicted.rowOffset(i) + 1]);
            }
        }
        return found;
    }
}
