package dev.lockstep.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.lockstep.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("compat")
class NeuralNetworkRegressorTest extends SparkTest {
    private Dataset<Row> table;

    @BeforeEach
    void read() {
        table = Flowers.table(spark);
    }

    /** The length of a stem by the rest of the flower. */
    private static NeuralNetworkRegressor regressor() {
        return new NeuralNetworkRegressor()
                .setLabelCol("stem")
                .setFeaturesCols("petal", "sepal", "leaf")
                .setLayers(3, 8, 1)
                .setActivation("tanh")
                .setMaxIter(10)
                .setBatchSize(16)
                .setStepSize(0.05)
                .setShards(4)
                .setSettings("data.scale=standardise", "data.scaleTarget=standardise", "sync.transport=driver");
    }

    @Test
    void aNumberIsPredicted() {
        NeuralNetworkRegressionModel model = regressor().fit(table);
        Dataset<Row> predictions = model.transform(table);
        assertThat(predictions.schema().apply("prediction").dataType()).isEqualTo(DataTypes.DoubleType);
        double r2 = new RegressionEvaluator()
                .setLabelCol("stem")
                .setMetricName("r2")
                .evaluate(predictions);
        assertThat(r2).isGreaterThan(0.5);
        Row row = predictions.first();
        Vector features = Vectors.dense(row.getAs("petal"), row.<Double>getAs("sepal"), row.<Double>getAs("leaf"));
        assertThat(model.predict(features)).isEqualTo(row.<Double>getAs("prediction"));
        assertThat(model.numFeatures()).isEqualTo(3);
        assertThat(model.summary().figures()).contains("loss", "rmse", "learningRate");
        assertThat(model.summary().objectiveHistory())
                .hasSize(10)
                .isEqualTo(model.summary().figure("loss"));
        assertThatThrownBy(() -> model.summary().figure("accuracy")).hasMessageContaining("no figure \"accuracy\"");
        assertThatThrownBy(() -> model.setStandardDeviationCol("deviation").transform(table))
                .hasMessageContaining("standardDeviationCol: the network does not predict this column");
    }

    /** The model by hand, from its weights. */
    @Test
    void weightsAreMatrices() {
        NeuralNetworkRegressionModel model =
                regressor().setLayers(3, 1).setSettings("sync.transport=driver").fit(table);
        assertThat(model.weights().keySet()).containsExactly("dense_1.weight", "dense_1.bias");
        Vector features = Vectors.dense(1, 2, 3);
        double byHand = model.weights()
                        .get("dense_1.weight")
                        .transpose()
                        .multiply(features)
                        .apply(0)
                + model.weights().get("dense_1.bias").apply(0, 0);
        assertThat(model.predict(features)).isCloseTo(byHand, offset(1e-5));
    }

    @Test
    void severalNumbersAreVectors() {
        NeuralNetworkRegressor regressor = regressor()
                .setLabelCols("stem", "leaf")
                .setFeaturesCols("petal", "sepal")
                .setLayers(2, 8, 2);
        NeuralNetworkRegressionModel model = regressor.fit(table);
        Dataset<Row> predictions = model.transform(table);
        assertThat(predictions.schema().apply("prediction").dataType()).isEqualTo(SQLDataTypes.VectorType());
        assertThat(regressor.transformSchema(table.schema()).apply("prediction").dataType())
                .isEqualTo(SQLDataTypes.VectorType());
        Row row = predictions.first();
        Vector features = Vectors.dense(row.<Double>getAs("petal"), row.<Double>getAs("sepal"));
        assertThat((Object) model.predictAll(features)).isEqualTo(row.getAs("prediction"));
        assertThatThrownBy(() -> model.predict(features)).hasMessageContaining("predicts 2 numbers");
    }

    @Test
    void howSureItIs() {
        NeuralNetworkRegressor regressor = regressor();
        regressor.clear(regressor.layers());
        regressor.setNetwork(
                "{layers: [{dense: {units: 8, activation: tanh}}, {dense: 2}], loss: gaussianNll, ensemble: 2}");
        NeuralNetworkRegressionModel model = regressor
                .setStandardDeviationCol("deviation")
                .setAleatoricDeviationCol("noise")
                .setEpistemicDeviationCol("doubt")
                .setLower95Col("low")
                .setUpper95Col("high")
                .setMaxIter(2)
                .fit(table);
        Row row = model.transform(table).first();
        double noise = row.getAs("noise");
        double doubt = row.getAs("doubt");
        double deviation = row.getAs("deviation");
        double prediction = row.getAs("prediction");
        assertThat(deviation * deviation).isCloseTo(noise * noise + doubt * doubt, offset(1e-6));
        assertThat(row.<Double>getAs("low")).isLessThan(prediction);
        assertThat(row.<Double>getAs("high")).isGreaterThan(prediction);
    }

    @Test
    void whatIsSavedIsLoaded() throws IOException {
        NeuralNetworkRegressionModel model = regressor().setMaxIter(2).fit(table);
        Path path = directory.resolve("model");
        model.setPredictionCol("length").write().overwrite().save(path.toString());
        NeuralNetworkRegressionModel loaded = NeuralNetworkRegressionModel.load(path.toString());
        assertThat(loaded.uid()).isEqualTo(model.uid());
        assertThat(loaded.sha256()).isEqualTo(model.sha256());
        assertThat(loaded.transform(table).collectAsList())
                .isEqualTo(model.transform(table).collectAsList());
        assertThat(loaded.summary().objectiveHistory())
                .isEqualTo(model.summary().objectiveHistory());
        assertThatThrownBy(() -> NeuralNetworkClassificationModel.load(
                        path.resolve("data").toString()))
                .hasMessageContaining("the model predicts numbers, not classes");
    }
}
