package dev.lockstep.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Models in SQL: what the table's prediction says, and nothing between a query and its source. */
@Tag("compat")
@Tag("java")
class LockstepFunctionsTest extends SparkTest {
    private static final String CSV = "../conf/examples/data/flowers.csv";

    private SavedModel model;
    private String path;
    private Dataset<Row> flowers;

    @Override
    public SparkConf conf() {
        return super.conf().set("spark.sql.extensions", LockstepExtensions.class.getName());
    }

    @BeforeEach
    void train() throws IOException {
        model = train(2);
        path = directory.resolve("flowers").toString();
        ModelFiles.save(new LocalDirectory(Path.of(path)), model);
        flowers = spark.read()
                .option("header", "true")
                .option("inferSchema", "true")
                .csv(CSV)
                .withColumn("id", functions.monotonically_increasing_id());
        flowers.createOrReplaceTempView("garden");
    }

    private SavedModel train(int epochs) {
        return new TrainingJob(
                        spark,
                        JobFile.parse("""
                data: {train: {path: %s, label: kind, features: [petal, sepal, stem, leaf]}, shards: 2}
                model: {layers: [{dense: {units: 4, activation: tanh}}, {dense: 3}], loss: crossEntropy}
                train: {epochs: %d}
                """.formatted(CSV, epochs), "job.yaml", List.of()),
                        new TrainingListener() {})
                .run()
                .model();
    }

    private List<Row> query(String sql) {
        return spark.sql("SELECT id, p.* FROM (SELECT id, " + sql + " AS p FROM garden) ORDER BY id")
                .collectAsList();
    }

    @Test
    void aFunctionSaysWhatPredictSays() {
        LockstepFunctions.register(spark, "flowers", path);
        List<Row> expected = TablePrediction.of(flowers, model, 0)
                .select("id", "prediction", "probability", "probability_alba", "probability_nigra", "probability_rubra")
                .orderBy("id")
                .collectAsList();
        assertThat(query("flowers(petal, sepal, stem, leaf)")).isEqualTo(expected);
        assertThat(query("flowers(array(petal, sepal), array(stem, leaf))")).isEqualTo(expected);
        assertThat(query("flowers(struct(*))")).isEqualTo(expected);
        assertThat(query("lockstep_predict('" + path + "', petal, sepal, stem, leaf)"))
                .isEqualTo(expected);
        LockstepFunctions.register(spark, "flowers", model);
        assertThat(flowers.select(functions
                                .callUDF(
                                        "flowers",
                                        functions.col("petal"),
                                        functions.col("sepal"),
                                        functions.col("stem"),
                                        functions.col("leaf"))
                                .getField("prediction"))
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .isEqualTo(expected.stream().map(row -> row.getString(1)).toList());
    }

    @Test
    void aMissingNumberGivesNull() {
        List<Row> rows = query("lockstep_predict('" + path
                + "', petal, sepal, stem, if(id % 3 = 1, null, if(id % 3 = 2, double('NaN'), leaf)))");
        assertThat(rows).allMatch(row -> row.isNullAt(1) == (row.getLong(0) % 3 != 0));
        assertThat(rows.get(0).getString(1)).isIn("alba", "nigra", "rubra");
    }

    @Test
    void aModelThatIsReplacedIsReadAgain() throws IOException {
        String sql = "lockstep_predict('" + path + "', struct(*))";
        List<Row> before = query(sql);
        ModelFiles.save(new LocalDirectory(Path.of(path)), train(3));
        assertThat(query(sql)).isNotEqualTo(before);
    }

    @Test
    void filtersAndColumnsReachTheSource() {
        String table = directory.resolve("table").toString();
        flowers.write().parquet(table);
        spark.read().parquet(table).createOrReplaceTempView("stored");
        LockstepFunctions.register(spark, "flowers", path);
        String plan = spark.sql("SELECT * FROM (SELECT id, kind, colour, flowers(petal, sepal, stem, leaf).prediction p"
                        + " FROM stored) WHERE kind = 'alba' AND p <> kind")
                .select("id", "p")
                .queryExecution()
                .executedPlan()
                .toString();
        assertThat(plan).contains("EqualTo(kind,alba)");
        String read = plan.substring(plan.indexOf("ReadSchema"));
        assertThat(read).contains("petal").contains("kind").doesNotContain("colour");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThatThrownBy(() -> query("lockstep_predict(kind, petal)"))
                .hasStackTraceContaining("lockstep_predict: expected the directory of a model as the first argument");
        assertThatThrownBy(() -> query("lockstep_predict('" + path + "')"))
                .hasStackTraceContaining("expected the columns of the features");
        assertThatThrownBy(() -> query("lockstep_predict('" + path + "', petal, sepal)"))
                .hasStackTraceContaining("lockstep_predict: expected 4 features as in training, got 2");
        assertThatThrownBy(() -> query("lockstep_predict('" + path + "', struct(petal, sepal, stem))"))
                .hasStackTraceContaining("no column \"leaf\" for the features");
        assertThatThrownBy(() -> LockstepFunctions.register(spark, "f", path + "-not-there"))
                .hasMessageContaining("flowers-not-there");
    }
}
