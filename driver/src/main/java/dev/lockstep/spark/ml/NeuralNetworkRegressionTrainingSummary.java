package dev.lockstep.spark.ml;

import java.util.List;

/** The course of the training of a {@link NeuralNetworkRegressionModel}. */
public final class NeuralNetworkRegressionTrainingSummary implements NeuralNetworkTrainingSummary {
    private final TrainingHistory history;

    NeuralNetworkRegressionTrainingSummary(TrainingHistory history) {
        this.history = history;
    }

    @Override
    public double[] objectiveHistory() {
        return history.figure("loss");
    }

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
