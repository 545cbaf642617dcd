package dev.lockstep.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NeuralNetworkClassifierTest extends SparkTest {
    /** What {@link Flowers#classifier} says, as a job file. */
    private static final String JOB = """
        data:
          train: {path: flowers_of_train, format: table, label: label, features: features}
          shards: 4
          scale: standardise
        model: {layers: [{dense: {units: 8, activation: relu}}, {dense: 3}], loss: crossEntropy}
        optimizer: {adam: 0.05}
        train: {epochs: 6, batchSize: 16}
        sync: {transport: driver}
        """;

    private Dataset<Row> flowers;

    @BeforeEach
    void read() {
        flowers = Flowers.vectors(spark);
    }

    @Tag("compat")
    @Test
    void fitGivesTheBitsOfTrain() {
        NeuralNetworkClassificationModel model = Flowers.classifier().fit(flowers.repartition(3));
        flowers.createOrReplaceTempView("flowers_of_train");
        JobSpec job = JobFile.parse(JOB, "job.yaml", List.of());
        SavedModel trained =
                new TrainingJob(spark, job, new TrainingListener() {}).run().model();
        assertThat(model.sha256()).isEqualTo(trained.description().sha256());
        assertThat(spark.catalog().listTables().count()).isEqualTo(1);
        // The command line reads them from their file.
        JobSpec file =
                JobFile.parse(JOB, "job.yaml", List.of("data.train={path: " + Flowers.LIBSVM + ", format: libsvm}"));
        SavedModel fromFile =
                new TrainingJob(spark, file, new TrainingListener() {}).run().model();
        assertThat(fromFile.description().sha256()).isEqualTo(model.sha256());
    }

    @Tag("compat")
    @Test
    void predictionsAreWhatSparksEvaluatorsRead() {
        NeuralNetworkClassificationModel model = Flowers.classifier().fit(flowers);
        Dataset<Row> all = flowers.withColumn("id", functions.monotonically_increasing_id());
        Dataset<Row> predictions = model.transform(all);
        assertThat(predictions.columns())
                .containsExactly("label", "features", "id", "rawPrediction", "probability", "prediction");
        assertThat(predictions.schema().apply("prediction").dataType()).isEqualTo(DataTypes.DoubleType);
        NominalAttribute classes = (NominalAttribute)
                Attribute.fromStructField(predictions.schema().apply("prediction"));
        assertThat(classes.getNumValues().get()).isEqualTo(3);
        double accuracy = new MulticlassClassificationEvaluator()
                .setMetricName("accuracy")
                .evaluate(predictions);
        assertThat(accuracy).isGreaterThan(0.9);
        assertThat(new MulticlassClassificationEvaluator()
                        .setMetricName("logLoss")
                        .evaluate(predictions))
                .isLessThan(0.7);
        assertThat(predictions.select("id").collectAsList())
                .isEqualTo(all.select("id").collectAsList());
        for (Row row : predictions.limit(5).collectAsList()) {
            Vector features = row.getAs("features");
            assertThat(model.predict(features)).isEqualTo(row.<Double>getAs("prediction"));
            assertThat((Object) model.predictRaw(features)).isEqualTo(row.getAs("rawPrediction"));
            Vector probability = row.getAs("probability");
            assertThat(model.predictProbability(features)).isEqualTo(probability);
            assertThat(probability.argmax())
                    .isEqualTo((int) row.<Double>getAs("prediction").doubleValue());
            Vector linked = model.raw2probabilityInPlace(((Vector) row.getAs("rawPrediction")).copy());
            for (int k = 0; k < 3; k++) {
                assertThat(linked.apply(k)).isCloseTo(probability.apply(k), offset(1e-6));
            }
        }
    }

    @Test
    void columnsThatAreNotWantedAreNotWritten() {
        NeuralNetworkClassificationModel model = Flowers.classifier().fit(flowers);
        model.setRawPredictionCol("").setProbabilityCol("");
        assertThat(model.transform(flowers).columns()).containsExactly("label", "features", "prediction");
        model.setPredictionCol("");
        assertThat(model.transform(flowers).columns()).containsExactly("label", "features");
        assertThatThrownBy(() -> model.setPredictionCol("label").transform(flowers))
                .hasMessageContaining("there already is a column \"label\"");
    }

    @Tag("compat")
    @Test
    void thresholdsDecide() {
        NeuralNetworkClassificationModel model = Flowers.classifier().fit(flowers);
        model.setThresholds(new double[] {1, 1e-9, 1});
        assertThat(model.transform(flowers).select("prediction").distinct().collectAsList())
                .extracting(row -> row.getDouble(0))
                .containsExactly(1.0);
        NeuralNetworkClassifier two = Flowers.classifier().setMaxIter(1).setThresholds(new double[] {1, 1});
        assertThatThrownBy(() -> two.fit(flowers).transform(flowers))
                .hasMessageContaining("thresholds: expected one a class, 3, got 2");
        assertThat(ClassCells.decide(new double[] {0, 0.2, 0.8}, new double[] {0, 0.1, 0.9}))
                .isEqualTo(1);
    }

    @Tag("compat")
    @Test
    void paramsAreSparks() {
        NeuralNetworkClassifier classifier = new NeuralNetworkClassifier("mine");
        assertThat(classifier.uid()).isEqualTo("mine");
        assertThat(classifier.explainParams()).contains("maxIter: epochs", "(default: 10)", "featuresCol");
        ParamMap extra = new ParamMap().put(classifier.maxIter(), 3).put(classifier.seed(), 5L);
        NeuralNetworkClassifier copy = classifier.setLayers(4, 3).copy(extra);
        assertThat(copy.uid()).isEqualTo("mine");
        assertThat(copy.getMaxIter()).isEqualTo(3);
        assertThat(copy.getLayers()).containsExactly(4, 3);
        assertThat(classifier.getMaxIter()).isEqualTo(10);
        NeuralNetworkClassificationModel model = classifier.fit(flowers, extra);
        assertThat(model.summary().totalIterations()).isEqualTo(3);
        assertThat(model.parent().uid()).isEqualTo("mine");
        assertThat(model.hasParent()).isTrue();
        assertThatThrownBy(() -> classifier.setMaxIter(0)).hasMessageContaining("maxIter");
        assertThatThrownBy(() -> classifier.setSolver("l-bfgs")).hasMessageContaining("solver");
        assertThat(new NeuralNetworkClassifier().uid()).startsWith("NeuralNetworkClassifier_");
        assertThat(classifier.transformSchema(flowers.schema()).fieldNames())
                .containsExactly("label", "features", "rawPrediction", "probability", "prediction");
    }

    @Tag("compat")
    @Test
    void featuresMayBeVectorsArraysAndNumbers() {
        Dataset<Row> table = Flowers.table(spark);
        Dataset<Row> indexed = new StringIndexer()
                .setInputCol("kind")
                .setOutputCol("label")
                .setStringOrderType("alphabetAsc")
                .fit(table)
                .transform(table);
        String vectors = Flowers.classifier().fit(flowers).sha256();
        NeuralNetworkClassifier columns = Flowers.classifier().setFeaturesCols("petal", "sepal", "stem", "leaf");
        assertThat(columns.fit(indexed).sha256()).isEqualTo(vectors);
        Dataset<Row> arrays = indexed.select(
                functions.col("label"),
                functions.col("petal"),
                functions.array("sepal", "stem", "leaf").as("rest"));
        NeuralNetworkClassificationModel model =
                Flowers.classifier().setFeaturesCols("petal", "rest").fit(arrays);
        assertThat(model.sha256()).isEqualTo(vectors);
        assertThat(model.transform(arrays).select("prediction").collectAsList())
                .isEqualTo(columns.fit(indexed)
                        .transform(indexed)
                        .select("prediction")
                        .collectAsList());
    }

    @Tag("compat")
    @Test
    void rowsThatAreNotSoundAreWhatHandleInvalidSays() {
        Dataset<Row> rows = flowers.union(spark.sql("select 1.0 as label, null as features")
                .select(
                        functions.col("label"),
                        functions.lit(null).cast(flowers.schema().apply(1).dataType())));
        Dataset<Row> broken = rows.toDF("label", "features");
        NeuralNetworkClassifier classifier = Flowers.classifier();
        assertThatThrownBy(() -> classifier.fit(broken)).hasStackTraceContaining("expected numbers, got nothing");
        NeuralNetworkClassificationModel model = classifier.fit(flowers);
        assertThat(classifier.setHandleInvalid("skip").fit(broken).sha256()).isEqualTo(model.sha256());
        assertThatThrownBy(() -> model.transform(broken).collectAsList())
                .hasStackTraceContaining("expected numbers, got nothing");
        long sound = flowers.count();
        assertThat(model.setHandleInvalid("skip").transform(broken).count()).isEqualTo(sound);
        Dataset<Row> kept = model.setHandleInvalid("keep").transform(broken);
        assertThat(kept.count()).isEqualTo(sound + 1);
        assertThat(kept.filter("prediction is null").count()).isEqualTo(1);
        assertThat(kept.filter("probability is null and features is null").count())
                .isEqualTo(1);
    }

    @Tag("compat")
    @Test
    void weightsAndValidationRows() {
        Dataset<Row> rows = flowers.withColumn("weight", functions.lit(1.0));
        Dataset<Row> twice = rows.union(rows.withColumn("weight", functions.lit(0.0)));
        NeuralNetworkClassifier classifier = Flowers.classifier();
        classifier.setWeightCol("weight");
        assertThat(classifier.fit(twice).sha256())
                .isEqualTo(classifier.fit(rows).sha256())
                .isNotEqualTo(classifier
                        .fit(rows.withColumn("weight", functions.expr("1 + label")))
                        .sha256());
        Dataset<Row> held = flowers.withColumn(
                "held", functions.monotonically_increasing_id().mod(5).equalTo(0));
        NeuralNetworkClassificationModel model = Flowers.classifier()
                .setValidationIndicatorCol("held")
                .setPatience(1)
                .setMaxIter(30)
                .setStepSize(0.3)
                .fit(held);
        assertThat(model.summary().figures()).contains("validationLoss", "validationAccuracy");
        assertThat(model.summary().totalIterations()).isLessThan(30);
        NeuralNetworkClassificationModel without = Flowers.classifier()
                .setMaxIter(bestEpoch(model.summary().figure("validationLoss")))
                .setStepSize(0.3)
                .fit(held.filter("not held"));
        assertThat(model.sha256()).isEqualTo(without.sha256());
    }

    /** The epoch, from 1, whose model early stopping keeps. */
    private static int bestEpoch(double[] losses) {
        int best = 0;
        for (int i = 1; i < losses.length; i++) {
            best = losses[i] < losses[best] ? i : best;
        }
        return best + 1;
    }

    @Test
    void theNetworkAsText() {
        NeuralNetworkClassifier layers = Flowers.classifier();
        NeuralNetworkClassifier text = Flowers.classifier();
        text.clear(text.layers());
        text.setNetwork("- dense: {units: 8, activation: relu}\n- dense: 3");
        assertThat(text.fit(flowers).sha256()).isEqualTo(layers.fit(flowers).sha256());
        text.setNetwork("layers: [{dense: 8}, relu, {dense: 1}]\nloss: binaryCrossEntropy");
        Dataset<Row> two = flowers.filter("label < 2");
        NeuralNetworkClassificationModel model = text.fit(two);
        assertThat(model.numClasses()).isEqualTo(2);
        Row row = model.transform(two).first();
        Vector raw = row.getAs("rawPrediction");
        assertThat(raw.apply(0)).isEqualTo(-raw.apply(1));
        Vector probability = row.getAs("probability");
        assertThat(probability.apply(0) + probability.apply(1)).isCloseTo(1, offset(1e-6));
        assertThat(model.raw2probabilityInPlace(raw.copy()).apply(1)).isCloseTo(probability.apply(1), offset(1e-6));
        assertThatThrownBy(() -> text.setNetwork("[{dens: 3}]").fit(flowers))
                .hasMessageContaining("did you mean")
                .hasMessageContaining("dense");
        assertThatThrownBy(() -> text.setNetwork("[{dense: 3}]").setLayers(4, 3).fit(flowers))
                .hasMessageContaining("expected one of layers and network, got both");
        assertThatThrownBy(() -> new NeuralNetworkClassifier().fit(flowers)).hasMessageContaining("got neither");
    }

    @Test
    void wrongColumnsAreSaidBeforeRowsAreRead() {
        NeuralNetworkClassifier classifier = Flowers.classifier();
        assertThatThrownBy(() -> classifier.setLabelCol("lable").fit(flowers))
                .hasMessageContaining("labelCol: there is no column \"lable\"; did you mean \"label\"?");
        Dataset<Row> text = flowers.withColumn("kind", functions.lit("alba"));
        assertThatThrownBy(() -> classifier.setLabelCol("kind").fit(text))
                .hasMessageContaining("labelCol: expected column \"kind\" to be a number")
                .hasMessageContaining("StringIndexer");
        assertThatThrownBy(() -> Flowers.classifier().setFeaturesCol("kind").fit(text))
                .hasMessageContaining("expected column \"kind\" to be a vector, an array of numbers or a number");
        assertThatThrownBy(() -> Flowers.classifier().setLayers(5, 3).fit(flowers))
                .hasMessageContaining("expected 5 features for the shape [5], got 4");
        assertThatThrownBy(() ->
                        Flowers.classifier().setValidationIndicatorCol("label").fit(flowers))
                .hasMessageContaining("validationIndicatorCol: expected column \"label\" to be boolean, got double");
        assertThatThrownBy(() -> Flowers.classifier().fit(flowers).predict(Vectors.dense(1, 2)))
                .hasMessageContaining("expected 4 features, got 2");
    }

    @Test
    void columnsWithTypes() {
        Dataset<Row> table = Flowers.table(spark)
                .withColumn("label", functions.expr("case kind when 'alba' then 0 when 'nigra' then 1 else 2 end"))
                .withColumn("shade", functions.concat(functions.lit("c"), functions.col("colour")))
                .withColumn("petal", functions.expr("if(colour = 3, null, petal)"));
        NeuralNetworkClassifier classifier = Flowers.classifier()
                .setColumns("{petal: {number: {missing: median}}, leaf: number, shade: oneHot}")
                .setSettings();
        NeuralNetworkClassificationModel model = classifier.fit(table);
        assertThat(classifier.fit(table.repartition(3)).sha256()).isEqualTo(model.sha256());
        Dataset<Row> predictions = model.transform(table);
        assertThat(predictions.count()).isEqualTo(table.count());
        assertThat(new MulticlassClassificationEvaluator().evaluate(predictions))
                .isGreaterThan(0.6);
        NeuralNetworkClassifier guessing = Flowers.classifier()
                .setColumns("auto")
                .setFeaturesCols("petal", "shade")
                .setSettings();
        assertThat(guessing.fit(table).transform(table).columns()).contains("prediction");
        assertThatThrownBy(() -> classifier.setColumns("{petals: number}").fit(table))
                .hasMessageContaining("did you mean \"petal\"");
    }

    @Tag("compat")
    @Test
    void itBeginsWithAnotherModel() throws IOException {
        NeuralNetworkClassificationModel first = Flowers.classifier().fit(flowers);
        String path = directory.resolve("first").toString();
        first.save(path);
        NeuralNetworkClassifier next = Flowers.classifier().setMaxIter(1).setFrozenLayers("dense_1");
        assertThatThrownBy(() -> next.fit(flowers)).hasMessageContaining("frozenLayers: expected initialModel too");
        NeuralNetworkClassificationModel tuned = next.setInitialModel(path).fit(flowers);
        assertThat(tuned.weights().get("dense_1.weight"))
                .isEqualTo(first.weights().get("dense_1.weight"));
        assertThat(tuned.weights().get("dense_2.weight"))
                .isNotEqualTo(first.weights().get("dense_2.weight"));
        next.setInitialModel(first.savedModel());
        assertThat(next.copy(ParamMap.empty()).fit(flowers).sha256()).isEqualTo(tuned.sha256());
        assertThatThrownBy(next::write).hasMessageContaining("save it and set its path");
        ParamMap elsewhere = new ParamMap().put(next.initialModel(), path + "-not-there");
        assertThatThrownBy(() -> next.fit(flowers, elsewhere)).hasMessageContaining("first-not-there");
        next.setInitialModel(path).write().save(directory.resolve("estimator").toString());
    }

    @Test
    void aFitResumesAfterTheDriverWasLost() {
        Path shared = directory.resolve("checkpoints");
        NeuralNetworkClassifier classifier = Flowers.classifier().setCheckpointDir(shared.toString());
        FitProgress lost = new FitProgress("lost") {
            @Override
            public void epoch(EpochReport report) {
                super.epoch(report);
                if (report.epoch() == 4) {
                    throw new IllegalStateException("lost");
                }
            }
        };
        FitJob job = new FitJob(classifier, new FitJob.Target(List.of("label"), 3, "crossEntropy"));
        assertThatThrownBy(() -> job.run(flowers, lost)).hasMessage("lost");
        assertThat(shared).isNotEmptyDirectory();
        // Another training in the same directory is not disturbed.
        Flowers.classifier()
                .setCheckpointDir(shared.toString())
                .setStepSize(0.1)
                .fit(flowers);
        NeuralNetworkClassificationModel resumed = classifier.fit(flowers);
        NeuralNetworkClassificationModel undisturbed = Flowers.classifier().fit(flowers);
        assertThat(resumed.sha256()).isEqualTo(undisturbed.sha256());
        assertThat(resumed.summary().objectiveHistory())
                .isEqualTo(undisturbed.summary().objectiveHistory());
        // The third epoch was not trained again.
        assertThat(resumed.summary().figure("seconds")[2])
                .isEqualTo(lost.history().figure("seconds")[2]);
        assertThat(shared).isEmptyDirectory();
    }

    @Test
    void tolEndsTraining() {
        assertThat(Flowers.classifier().setTol(100).fit(flowers).summary().totalIterations())
                .isEqualTo(2);
        assertThat(Flowers.classifier()
                        .setTol(100)
                        .setPatience(3)
                        .fit(flowers)
                        .summary()
                        .totalIterations())
                .isEqualTo(4);
    }

    @Tag("compat")
    @Test
    void howSureItIs() {
        NeuralNetworkClassifier classifier = Flowers.classifier();
        classifier.clear(classifier.layers());
        classifier.setNetwork("[{dense: {units: 8, activation: relu}}, {dropout: 0.3}, {dense: 3}]");
        NeuralNetworkClassificationModel model = classifier.fit(flowers);
        model.setSamples(8).setEntropyCol("entropy").setMutualInformationCol("information");
        Row row = model.transform(flowers).first();
        double entropy = row.getAs("entropy");
        double information = row.getAs("information");
        assertThat(entropy).isGreaterThan(information).isGreaterThan(0);
        assertThatThrownBy(() -> model.setSamples(0).transform(flowers))
                .hasMessageContaining("entropyCol: the network does not predict this column");
    }
}
