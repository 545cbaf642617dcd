package dev.lockstep.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.SparkTest;
import java.nio.file.Path;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** MLlib's own sample data, both of them real: Fisher's irises, and written digits 0 and 1 as sparse rows. */
class SampleDataTest extends SparkTest {
    private Dataset<Row>[] halves(String file) {
        Path path = Path.of("src/test/resources/mllib").toAbsolutePath().resolve(file);
        return spark.read().format("libsvm").load(path.toString()).randomSplit(new double[] {0.6, 0.4}, 1234);
    }

    private static double accuracy(Dataset<Row> predictions) {
        return new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predictions);
    }

    /** The layers and the split of the example in MLlib's documentation of its perceptron. */
    @Test
    void irisesAreToldApart() {
        Dataset<Row>[] parts = halves("sample_multiclass_classification_data.txt");
        double ours = accuracy(new NeuralNetworkClassifier()
                .setLayers(4, 5, 4, 3)
                .setActivation("tanh")
                .setStepSize(0.02)
                .setBatchSize(8)
                .setMaxIter(30)
                .setShards(1)
                .fit(parts[0])
                .transform(parts[1]));
        assertThat(ours).isGreaterThan(0.93);
    }

    @Test
    void writtenDigitsAreToldApart() {
        Dataset<Row>[] parts = halves("sample_libsvm_data.txt.gz");
        NeuralNetworkClassificationModel model = new NeuralNetworkClassifier()
                .setLayers(692, 16, 2)
                .setBatchSize(16)
                .setMaxIter(5)
                .setShards(2)
                .setSettings("data.scale={divide: 255}")
                .fit(parts[0]);
        assertThat(accuracy(model.transform(parts[1]))).isGreaterThan(0.97);
    }
}
