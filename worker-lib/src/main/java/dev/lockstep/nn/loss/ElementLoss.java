package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A loss that compares each output with a target of its own and takes the mean over the {@code d} outputs of a row:
 * {@code l = 1/d sum_j w(t_j) f(y_j, t_j)}. For an output {@code [steps, d]} each step counts like a row: the row's
 * loss is the sum over its valid steps, and so is its weight.
 */
public sealed interface ElementLoss extends Loss
        permits MeanSquaredError, MeanAbsoluteError, Huber, BinaryCrossEntropy, Poisson {

    /** {@code f}: the loss of one output. */
    double loss(float output, float target);

    /** {@code df/dy}. */
    double derivative(float output, float target);

    /** What one output adds to the likelihood's score: {@code (y - t)^2} unless a loss says otherwise. */
    default double score(float output, float target) {
        double error = (double) output - target;
        return error * error;
    }

    /** {@code w}: a factor of the row's weight in the loss that depends on the target. */
    default double targetWeight(float target) {
        return 1;
    }

    /**
     * The same loss in the targets' own units, where training sees them scaled: what training minimises, times the
     * scale, or its square where errors are squared.
     *
     * @param std what targets are divided by
     */
    default double lossInOwnUnits(float output, float target, double std) {
        return loss(output, target);
    }

    /** The name in messages. */
    String label();

    @Override
    default void check(Shape output, Shape target, int classes) {
        if (output.size() != target.size()) {
            throw new IllegalArgumentException(
                    label() + ": the network's output " + output + " has to be as large as the target " + target);
        }
    }

    @Override
    default void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        evaluateInOwnUnits(pass, output, target, null, weights, dOutput, rows);
    }

    @Override
    default boolean scalesWithTargets() {
        return likelihood().allowsScaledTargets();
    }

    @Override
    default void train(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        evaluate(pass, output, target, weights, dOutput, rows);
        if (scaling == null) {
            return;
        }
        Steps steps = new Steps(pass, output.shape());
        int width = steps.width();
        for (int row = 0; row < pass.rows(); row++) {
            double lossSum = 0;
            double scoreSum = 0;
            for (int j = 0; j < steps.of(row) * width; j++) {
                float std = scaling.std()[j % width % scaling.std().length];
                float y = output.array()[output.rowOffset(row) + j] * std;
                float t = target.array()[target.rowOffset(row) + j] * std;
                lossSum += targetWeight(t) * lossInOwnUnits(y, t, std);
                scoreSum += score(y, t);
            }
            rows.loss()[row] = (double) weights[row] / width * lossSum;
            rows.score()[row] = (double) weights[row] / width * scoreSum;
        }
    }

    @Override
    default void evaluateInOwnUnits(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        Steps steps = new Steps(pass, output.shape());
        int width = steps.width();
        for (int row = 0; row < pass.rows(); row++) {
            int at = output.rowOffset(row);
            int targetAt = target.rowOffset(row);
            int gradientAt = dOutput.rowOffset(row);
            int valid = steps.of(row) * width;
            double share = (double) weights[row] / width;
            double lossSum = 0;
            double weightSum = 0;
            double scoreSum = 0;
            for (int j = 0; j < valid; j++) {
                float y = output.array()[at + j];
                float t = target.array()[targetAt + j];
                double weight = targetWeight(t);
                lossSum += weight
                        * (scaling == null
                                ? loss(y, t)
                                : lossInOwnUnits(y, t, scaling.std()[j % width % scaling.std().length]));
                weightSum += weight;
                scoreSum += score(y, t);
                dOutput.array()[gradientAt + j] = (float) (share * weight * derivative(y, t));
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = share * lossSum;
            rows.weight()[row] = share * weightSum;
            rows.score()[row] = share * scoreSum;
            rows.scoreWeight()[row] = share * valid;
        }
    }
}
