package dev.lockstep.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.OneVsRest;
import org.apache.spark.ml.classification.OneVsRestModel;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.HashingTF;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.feature.Tokenizer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class NeuralNetworkPipelineTest extends SparkTest {

    private static Pipeline pipeline() {
        StringIndexer label = new StringIndexer().setInputCol("kind").setOutputCol("label");
        StringIndexer colour = new StringIndexer().setInputCol("colour").setOutputCol("shade");
        OneHotEncoder encoder = new OneHotEncoder().setInputCol("shade").setOutputCol("shades");
        VectorAssembler assembler = new VectorAssembler()
                .setInputCols(new String[] {"petal", "sepal", "stem", "leaf", "shades"})
                .setOutputCol("raw");
        StandardScaler scaler = new StandardScaler().setInputCol("raw").setOutputCol("features");
        NeuralNetworkClassifier classifier = Flowers.classifier();
        classifier.clear(classifier.layers());
        classifier.setNetwork("[{dense: {units: 8, activation: relu}}, {dense: 3}]");
        return new Pipeline().setStages(new PipelineStage[] {label, colour, encoder, assembler, scaler, classifier});
    }

    @Tag("compat")
    @Tag("java")
    @Test
    void aPipelineOfSparksStages() throws IOException {
        Dataset<Row> table = Flowers.table(spark);
        PipelineModel model = pipeline().fit(table);
        Dataset<Row> predictions = model.transform(table);
        assertThat(new MulticlassClassificationEvaluator().evaluate(predictions))
                .isGreaterThan(0.9);
        String path = directory.resolve("pipeline").toString();
        model.write().overwrite().save(path);
        assertThat(PipelineModel.load(path).transform(table).collectAsList()).isEqualTo(predictions.collectAsList());
        String untrained = directory.resolve("estimators").toString();
        pipeline().write().overwrite().save(untrained);
        PipelineModel again = Pipeline.load(untrained).fit(table);
        assertThat(((NeuralNetworkClassificationModel) again.stages()[5]).sha256())
                .isEqualTo(((NeuralNetworkClassificationModel) model.stages()[5]).sha256());
        String[] labels = ((StringIndexerModel) model.stages()[0]).labelsArray()[0];
        IndexToString names = new IndexToString()
                .setInputCol("prediction")
                .setOutputCol("predicted")
                .setLabels(labels);
        assertThat(names.transform(predictions).select("predicted").distinct().count())
                .isEqualTo(3);
    }

    @Tag("compat")
    @Tag("java")
    @Test
    void sparseVectors() {
        StructType type = new StructType().add("text", DataTypes.StringType).add("label", DataTypes.DoubleType);
        Dataset<Row> rows = spark.createDataFrame(
                List.of(
                        RowFactory.create("spark trains in step", 1.0),
                        RowFactory.create("the cat sat", 0.0),
                        RowFactory.create("step by step spark", 1.0),
                        RowFactory.create("a cat and a hat", 0.0)),
                type);
        NeuralNetworkClassifier classifier =
                Flowers.classifier().setLayers(32, 4, 2).setMaxIter(20).setSettings("sync.transport=driver");
        Pipeline text = new Pipeline().setStages(new PipelineStage[] {
            new Tokenizer().setInputCol("text").setOutputCol("words"),
            new HashingTF().setInputCol("words").setOutputCol("features").setNumFeatures(32),
            classifier
        });
        Dataset<Row> predictions = text.fit(rows).transform(rows);
        assertThat(predictions.filter("label = prediction").count()).isEqualTo(4);
    }

    /** Trainings take turns, and none of their bits depends on it. */
    @Tag("compat")
    @Tag("java")
    @Test
    void crossValidationInParallel() {
        Dataset<Row> flowers = Flowers.vectors(spark).cache();
        NeuralNetworkClassifier classifier =
                Flowers.classifier().setSettings("data.scale=standardise", "sync.transport=allreduce");
        ParamMap[] grid = new ParamGridBuilder()
                .addGrid(classifier.stepSize(), new double[] {0.0005, 0.05})
                .build();
        CrossValidator validator = new CrossValidator()
                .setEstimator(classifier)
                .setEvaluator(new MulticlassClassificationEvaluator())
                .setEstimatorParamMaps(grid)
                .setNumFolds(2)
                .setSeed(7);
        CrossValidatorModel one = validator.setParallelism(1).fit(flowers);
        CrossValidatorModel two = validator.setParallelism(2).fit(flowers);
        assertThat(two.avgMetrics()).isEqualTo(one.avgMetrics());
        NeuralNetworkClassificationModel best = (NeuralNetworkClassificationModel) two.bestModel();
        assertThat(best.sha256()).isEqualTo(((NeuralNetworkClassificationModel) one.bestModel()).sha256());
        assertThat(best.transform(flowers).columns()).contains("prediction");
        TrainValidationSplit split = new TrainValidationSplit()
                .setEstimator(classifier)
                .setEvaluator(new MulticlassClassificationEvaluator())
                .setEstimatorParamMaps(grid)
                .setParallelism(2)
                .setSeed(7);
        assertThat(split.fit(flowers).validationMetrics()[1]).isGreaterThan(0.8);
    }

    @Tag("compat")
    @Tag("java")
    @Test
    void oneVersusRest() throws IOException {
        Dataset<Row> flowers = Flowers.vectors(spark);
        OneVsRest rest = new OneVsRest()
                .setClassifier(Flowers.classifier().setLayers(4, 8, 2))
                .setParallelism(2);
        OneVsRestModel model = rest.fit(flowers);
        assertThat(new MulticlassClassificationEvaluator().evaluate(model.transform(flowers)))
                .isGreaterThan(0.7);
        String path = directory.resolve("rest").toString();
        model.write().overwrite().save(path);
        assertThat(OneVsRestModel.load(path).transform(flowers).collectAsList())
                .isEqualTo(model.transform(flowers).collectAsList());
    }

    @Tag("compat")
    @Tag("java")
    @Test
    void whatIsSavedIsLoaded() throws IOException {
        Dataset<Row> flowers = Flowers.vectors(spark);
        NeuralNetworkClassificationModel model = Flowers.classifier().fit(flowers);
        // Over the rows; what is saved is counts.
        NeuralNetworkClassificationTrainingSummary before = model.summary();
        String path = directory.resolve("model").toString();
        model.setThresholds(new double[] {1, 2, 3})
                .setProbabilityCol("p")
                .write()
                .save(path);
        assertThat(Path.of(path, "metadata")).isDirectory();
        assertThat(Path.of(path, "data")).isDirectoryContaining("glob:**model.json");
        NeuralNetworkClassificationModel loaded = NeuralNetworkClassificationModel.load(path);
        assertThat(loaded.uid()).isEqualTo(model.uid());
        assertThat(loaded.sha256()).isEqualTo(model.sha256());
        assertThat(loaded.getThresholds()).containsExactly(1, 2, 3);
        assertThat(loaded.transform(flowers).collectAsList())
                .isEqualTo(model.transform(flowers).collectAsList());
        assertThat(loaded.hasSummary()).isTrue();
        NeuralNetworkClassificationTrainingSummary after = loaded.summary();
        assertThat(after.objectiveHistory()).isEqualTo(before.objectiveHistory());
        assertThat(after.figure("accuracy")).isEqualTo(before.figure("accuracy"));
        assertThat(after.accuracy()).isEqualTo(before.accuracy());
        assertThat(after.recallByLabel()).isEqualTo(before.recallByLabel());
        assertThat(after.weightedPrecision()).isEqualTo(before.weightedPrecision());
        assertThatThrownBy(() -> model.save(path)).hasMessageContaining("already exists");
    }

    @Test
    void theCommandLinesModelsAreLoaded() throws IOException {
        Path output = directory.resolve("trained");
        JobSpec job = JobFile.parse("""
                data: {train: {path: %s, label: kind, features: [petal, sepal, stem, leaf]}, shards: 4}
                model: {layers: [{dense: {units: 4, activation: tanh}}, {dense: 3}], loss: crossEntropy}
                train: {epochs: 2}
                """.formatted(Flowers.CSV), "job.yaml", List.of());
        SavedModel trained =
                new TrainingJob(spark, job, new TrainingListener() {}).run().model();
        ModelFiles.save(new LocalDirectory(output), trained);
        NeuralNetworkClassificationModel model = NeuralNetworkClassificationModel.load(output.toString());
        Dataset<Row> table = Flowers.table(spark);
        Dataset<Row> predictions = model.transform(table);
        assertThat(model.labels()).containsExactly("alba", "nigra", "rubra");
        IndexToString names = new IndexToString().setInputCol("prediction").setOutputCol("predicted");
        assertThat(names.transform(predictions).first().<String>getAs("predicted"))
                .isIn("alba", "nigra", "rubra");
        assertThat(model.hasSummary()).isFalse();
        assertThat(model.sha256()).isEqualTo(trained.description().sha256());
    }

    @Tag("compat")
    @Tag("java")
    @Test
    void streams() throws Exception {
        Dataset<Row> flowers = Flowers.vectors(spark);
        NeuralNetworkClassificationModel model =
                Flowers.classifier().setMaxIter(1).fit(flowers);
        Path in = directory.resolve("in");
        flowers.write().parquet(in.toString());
        Dataset<Row> stream = spark.readStream().schema(flowers.schema()).parquet(in.toString());
        StreamingQuery query = model.transform(stream)
                .writeStream()
                .format("memory")
                .queryName("predicted_flowers")
                .start();
        query.processAllAvailable();
        query.stop();
        assertThat(spark.table("predicted_flowers").sort("features").collectAsList())
                .isEqualTo(model.transform(flowers).sort("features").collectAsList());
    }

    @Test
    void aModelCanBeBroadcast() {
        SavedModel model =
                Flowers.classifier().setMaxIter(1).fit(Flowers.vectors(spark)).savedModel();
        Broadcast<SavedModel> sent = jsc().broadcast(model);
        List<Float> outputs = jsc().parallelize(List.of(1, 2), 2)
                .map(i ->
                        sent.value().predictor(1).predict(List.of(new float[4])).array()[0])
                .collect();
        float output = model.predictor(1).predict(List.of(new float[4])).array()[0];
        assertThat(outputs).containsOnly(output);
        // A session may have the other serialiser.
        SerializerInstance kryo = new KryoSerializer(jsc().getConf()).newInstance();
        ClassTag<SavedModel> tag = ClassTag$.MODULE$.apply(SavedModel.class);
        SavedModel read = kryo.deserialize(kryo.serialize(model, tag), tag);
        assertThat(read.description()).isEqualTo(model.description());
        assertThat(read.predictor(1).predict(List.of(new float[4])).array()[0]).isEqualTo(output);
    }
}
