package dev.lockstep.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.predict.TablePrediction;
import java.util.List;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What Spark's optimiser does with predictions. */
@Tag("compat")
class PredictionPlanTest extends SparkTest {
    private static final String[] NUMBERS = {"petal", "sepal", "stem", "leaf"};

    /** Trained once, used with several sets of Params. */
    private static NeuralNetworkClassificationModel trained;

    private NeuralNetworkClassificationModel model() {
        if (trained == null) {
            trained = Flowers.classifier().fit(Flowers.vectors(spark));
        }
        return trained.copy(ParamMap.empty());
    }

    /** Flowers in a Parquet file, with columns that no prediction needs. */
    private Dataset<Row> flowers() {
        String path = directory.resolve("flowers").toString();
        Flowers.vectors(spark)
                .coalesce(1)
                .withColumn("id", functions.monotonically_increasing_id())
                .withColumn("note", functions.lit("none"))
                .write()
                .mode("overwrite")
                .parquet(path);
        return spark.read().parquet(path);
    }

    private static String plan(Dataset<Row> rows) {
        return rows.queryExecution().executedPlan().toString();
    }

    @Test
    void filtersAndColumnsReachTheFile() {
        Dataset<Row> flowers = flowers();
        NeuralNetworkClassificationModel model = model();
        Dataset<Row> some =
                model.transform(flowers).filter("id > 5 and prediction < 2").select("id", "prediction");
        String plan = plan(some);
        assertThat(plan).contains("LockstepPrediction", "PushedFilters: [IsNotNull(id), GreaterThan(id,5)]");
        assertThat(plan.lines().filter(line -> line.contains("ReadSchema")))
                .singleElement()
                .asString()
                .contains("features", "id:bigint")
                .doesNotContain("note", "label");
        // The filter on predictions is above them, that on columns below.
        assertThat(plan.indexOf("Filter")).isLessThan(plan.indexOf("LockstepPrediction"));
        List<Row> expected = model.transform(flowers.filter("id > 5").cache())
                .filter("prediction < 2")
                .select("id", "prediction")
                .collectAsList();
        assertThat(some.collectAsList()).hasSizeGreaterThan(10).isEqualTo(expected);
        assertThat(plan(model.transform(flowers).select("id").filter("id > 5"))).contains("GreaterThan(id,5)");
    }

    @Test
    void tablesOfTheJavaInterfaceToo() {
        Dataset<Row> predicted =
                TablePrediction.of(flowers(), model().savedModel(), 0).filter("id > 5");
        assertThat(plan(predicted)).contains("LockstepPrediction", "GreaterThan(id,5)");
        assertThat(predicted.select("prediction").distinct().count()).isEqualTo(3);
    }

    @Test
    void columnsThatAllRowsShareFoldAway() {
        Dataset<Row> one =
                spark.range(3).selectExpr("id", "1.0D as petal", "2.0D as sepal", "0.5D as stem", "0.25D as leaf");
        NeuralNetworkClassificationModel model = (NeuralNetworkClassificationModel) model().setFeaturesCols(NUMBERS);
        List<Row> folded = model.transform(one).select("prediction").collectAsList();
        assertThat(folded).hasSize(3).containsOnly(folded.get(0));
        assertThat(folded)
                .isEqualTo(model.transform(one.cache()).select("prediction").collectAsList());
    }

    @Test
    void aTableThatIsUsedTwice() {
        Dataset<Row> predicted = model().transform(flowers());
        long rows = predicted.count();
        assertThat(predicted
                        .as("a")
                        .join(predicted.as("b"), functions.expr("a.id = b.id and a.prediction = b.prediction"))
                        .count())
                .isEqualTo(rows);
        assertThat(predicted.union(predicted).filter("prediction >= 0").count()).isEqualTo(2 * rows);
    }

    /** A session that knows nothing of this predicts row by row. */
    @Test
    void anotherSessionHasTheSamePredictions() {
        Dataset<Row> predicted = model().setHandleInvalid("skip").transform(withGaps());
        predicted.createOrReplaceGlobalTempView("predicted_flowers");
        SparkSession other = spark.newSession();
        Dataset<Row> there = other.sql("SELECT * FROM global_temp.predicted_flowers");
        assertThat(there.collectAsList()).isEqualTo(predicted.collectAsList());
        assertThat(plan(there)).contains("AppendColumns").doesNotContain("LockstepPrediction");
    }

    /** Every tenth row lacks its features. */
    private Dataset<Row> withGaps() {
        return flowers().withColumn("features", functions.expr("if(id % 10 = 3, null, features)"));
    }

    @Test
    void rowsThatCannotBePredicted() {
        Dataset<Row> gaps = withGaps();
        long rows = gaps.count();
        long missing = gaps.filter("features is null").count();
        NeuralNetworkClassificationModel model = model();
        Dataset<Row> kept = model.setHandleInvalid("keep").transform(gaps);
        assertThat(kept.filter("prediction is null").count()).isEqualTo(missing);
        assertThat(kept.count()).isEqualTo(rows);
        Dataset<Row> skipped = model.setHandleInvalid("skip").transform(gaps);
        assertThat(skipped.columns()).isEqualTo(kept.columns());
        assertThat(skipped.count()).isEqualTo(rows - missing);
        assertThat(skipped.collectAsList())
                .isEqualTo(kept.filter("prediction is not null").collectAsList());
        assertThatThrownBy(() -> model.setHandleInvalid("error").transform(gaps).collectAsList())
                .hasStackTraceContaining("row with label=")
                .hasStackTraceContaining("id=3")
                .hasStackTraceContaining("features");
    }
}
