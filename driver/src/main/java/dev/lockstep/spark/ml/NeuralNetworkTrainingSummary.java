package dev.lockstep.spark.ml;

import java.util.List;

/** The course of a training, epoch by epoch. */
public interface NeuralNetworkTrainingSummary {
    /** Mean training loss of each epoch. */
    double[] objectiveHistory();

    /** How many epochs were trained. */
    int totalIterations();

    /**
     * Names of the figures that were measured in each epoch, as {@code metrics.jsonl} has them: {@code loss},
     * {@code accuracy} or {@code rmse}, {@code validationLoss}, {@code learningRate}, {@code seconds} and so on.
     */
    List<String> figures();

    /**
     * A figure of each epoch; NaN where it does not exist.
     *
     * @throws IllegalArgumentException if it was not measured
     */
    double[] figure(String name);
}
