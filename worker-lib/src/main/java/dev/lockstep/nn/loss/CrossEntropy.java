package dev.lockstep.nn.loss;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

/**
 * Categorical cross-entropy from logits, {@code l = logsumexp(z) - z_t}: the negative log-likelihood of a categorical
 * distribution with probabilities {@code softmax(z)}. Gradient {@code softmax(z) - onehot(t)}.
 *
 * <p>Output {@code [classes]}, target one class index.
 */
@SpecName("crossEntropy")
public record CrossEntropy() implements Loss {

    @Override
    public void check(Shape output, Shape target, int classes) {
        if (classes == 0) {
            throw new IllegalArgumentException("crossEntropy needs class labels, the target is " + target + " numbers");
        }
        if (output.rank() != 1 || output.size() != classes) {
            throw new IllegalArgumentException(
                    "crossEntropy: the network's output is " + output + ", the data has " + classes + " classes");
        }
    }

    @Override
    public Activation link() {
        return new Activation.Softmax();
    }

    @Override
    public Score score() {
        return Score.ACCURACY;
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        int classes = output.shape().size();
        float[] logits = output.array();
        float[] gradient = dOutput.array();
        double[] logSumExp = rows.loss();
        Kernels.get()
                .softmax()
                .softmaxLogSumExp(
                        pass.rows(),
                        classes,
                        logits,
                        output.offset(),
                        classes,
                        gradient,
                        dOutput.offset(),
                        classes,
                        logSumExp,
                        0);
        for (int row = 0; row < pass.rows(); row++) {
            int at = output.rowOffset(row);
            int gradientAt = dOutput.rowOffset(row);
            int label = (int) target.array()[target.rowOffset(row)];
            float weight = weights[row];
            int best = Kernels.get().reductions().argMax(logits, at, classes);
            rows.loss()[row] = weight * (logSumExp[row] - logits[at + label]);
            rows.weight()[row] = weight;
            rows.score()[row] = best == label ? weight : 0;
            gradient[gradientAt + label] -= 1f;
            if (weight != 1f) {
                for (int j = 0; j < classes; j++) {
                    gradient[gradientAt + j] *= weight;
                }
            }
        }
    }
}
