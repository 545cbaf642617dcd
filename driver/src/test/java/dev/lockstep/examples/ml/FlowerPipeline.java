package dev.lockstep.examples.ml;

import dev.lockstep.spark.ml.NeuralNetworkClassifier;
import java.io.IOException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A network as the last stage of a pipeline. */
public final class FlowerPipeline {
    private FlowerPipeline() {}

    /** Trains on some flowers, saves the pipeline, and says how good it is on others. */
    public static double train(Dataset<Row> training, Dataset<Row> test, String path) throws IOException {
        StringIndexer kinds = new StringIndexer().setInputCol("kind").setOutputCol("label");
        VectorAssembler columns = new VectorAssembler()
                .setInputCols(new String[] {"petal", "sepal", "stem", "leaf"})
                .setOutputCol("raw");
        StandardScaler scaler =
                new StandardScaler().setWithMean(true).setInputCol("raw").setOutputCol("features");
        NeuralNetworkClassifier network = new NeuralNetworkClassifier()
                .setLayers(4, 16, 3)
                .setStepSize(0.05)
                .setBatchSize(16)
                .setMaxIter(20);
        PipelineModel model = new Pipeline()
                .setStages(new PipelineStage[] {kinds, columns, scaler, network})
                .fit(training);
        model.write().overwrite().save(path);
        return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(model.transform(test));
    }
}
