package dev.lockstep.spark.ml;

import java.util.List;
import org.apache.spark.ml.classification.MultilayerPerceptronClassificationTrainingSummaryImpl;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The course of the training of a {@link NeuralNetworkClassificationModel}, and the quality of its classes on the
 * training rows: Spark's own summary of a perceptron, with {@code accuracy}, {@code precisionByLabel} and so on.
 */
public final class NeuralNetworkClassificationTrainingSummary
        extends MultilayerPerceptronClassificationTrainingSummaryImpl implements NeuralNetworkTrainingSummary {
    private static final long serialVersionUID = 1L;

    private final TrainingHistory history;

    /**
     * A summary.
     *
     * @param predictions rows with a class, its prediction and perhaps a weight
     * @param columns the names of these columns: prediction, label, weight
     */
    NeuralNetworkClassificationTrainingSummary(
            Dataset<Row> predictions, List<String> columns, TrainingHistory history) {
        super(predictions, columns.get(0), columns.get(1), columns.get(2), history.figure("loss"));
        this.history = history;
    }

    /** Epochs; Spark counts from the objective before the first one, which is not measured here. */
    @Override
    public int totalIterations() {
        return history.epochs();
    }

    @Override
    public List<String> figures() {
        return history.names();
    }

    @Override
    public double[] figure(String name) {
        return history.figure(name);
    }
}
