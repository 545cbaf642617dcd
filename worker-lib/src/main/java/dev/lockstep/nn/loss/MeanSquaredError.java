package dev.lockstep.nn.loss;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

/**
 * Mean squared error, {@code l = 1/d sum_j (y_j - t_j)^2} over the {@code d} outputs of a row: up to scale and constant the
 * negative log-likelihood of a Gaussian with mean {@code y} and fixed variance. Gradient {@code 2/d (y_j - t_j)}.
 */
@SpecName("meanSquaredError")
public record MeanSquaredError() implements Loss {

    @Override
    public void check(Shape output, Shape target, int classes) {
        if (output.size() != target.size()) {
            throw new IllegalArgumentException(
                    "meanSquaredError: the network's output " + output + " has to be as large as the target " + target);
        }
    }

    @Override
    public Activation link() {
        return new Activation.Linear();
    }

    @Override
    public Score score() {
        return Score.RMSE;
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        int outputs = output.shape().size();
        for (int row = 0; row < pass.rows(); row++) {
            int at = output.rowOffset(row);
            int targetAt = target.rowOffset(row);
            int gradientAt = dOutput.rowOffset(row);
            float factor = 2f * weights[row] / outputs;
            double squares = 0;
            for (int j = 0; j < outputs; j++) {
                float error = output.array()[at + j] - target.array()[targetAt + j];
                squares += (double) error * error;
                dOutput.array()[gradientAt + j] = factor * error;
            }
            rows.loss()[row] = weights[row] * squares / outputs;
            rows.weight()[row] = weights[row];
            rows.score()[row] = rows.loss()[row];
        }
    }
}
