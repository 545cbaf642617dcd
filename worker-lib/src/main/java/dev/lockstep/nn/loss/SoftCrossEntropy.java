package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;

/**
 * Cross-entropy with a distribution as the target, from logits: {@code l = s logsumexp(z) - sum_k t_k z_k} with
 * {@code s = sum_k t_k}, which is 1. For labels that several people gave, for the outputs of another network
 * (distillation; Hinton et al. 2015), or for shares. Gradient {@code s softmax(z) - t}. It is the divergence from the
 * target to the prediction plus the target's entropy, which is the least that it can be.
 *
 * <p>Output and target {@code [classes]}, or {@code [steps, classes]}: each valid step counts like a row. Accuracy
 * counts rows whose most probable class is that of the target, of several the first.
 */
@SpecName("softCrossEntropy")
public record SoftCrossEntropy() implements Loss {
    private static final NumberRange SHARES = new NumberRange(0, 1, false, "a share from 0 to 1");
    private static final double CLOSE = 1e-3;

    @Override
    public void check(Shape output, Shape target, int classes) {
        if (classes != 0) {
            throw new IllegalArgumentException("softCrossEntropy needs a column of shares for each class, the target is"
                    + " a label; crossEntropy takes that");
        }
        if (output.size() != target.size()) {
            throw new IllegalArgumentException("softCrossEntropy: the network's output " + output
                    + " has to be as large as the target " + target + ", a share for each class");
        }
    }

    @Override
    public NumberRange targets() {
        return SHARES;
    }

    @Override
    public Curvature curvature() {
        return Curvatures::classes;
    }

    @Override
    public Likelihood likelihood() {
        return new SoftCategoricalLikelihood();
    }

    @Override
    public void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows) {
        Steps steps = new Steps(pass, output.shape());
        int classes = steps.width();
        Kernels kernels = Kernels.get();
        for (int row = 0; row < pass.rows(); row++) {
            double weight = weights[row];
            double lossSum = 0;
            double scoreSum = 0;
            for (int step = 0; step < steps.of(row); step++) {
                int at = output.rowOffset(row) + step * classes;
                int targetAt = target.rowOffset(row) + step * classes;
                int gradientAt = dOutput.rowOffset(row) + step * classes;
                double logSumExp =
                        kernels.softmax().softmaxLogSumExp(output.array(), at, dOutput.array(), gradientAt, classes);
                double sum = 0;
                double crossed = 0;
                for (int k = 0; k < classes; k++) {
                    double share = target.array()[targetAt + k];
                    sum += share;
                    crossed += share * output.array()[at + k];
                }
                if (!(Math.abs(sum - 1) <= CLOSE)) {
                    throw new IllegalArgumentException(
                            "softCrossEntropy: expected shares that add up to 1, got a sum of " + sum);
                }
                for (int k = 0; k < classes; k++) {
                    double difference = sum * dOutput.array()[gradientAt + k] - target.array()[targetAt + k];
                    dOutput.array()[gradientAt + k] = (float) (weight * difference);
                }
                lossSum += sum * logSumExp - crossed;
                boolean right = kernels.reductions().argMax(output.array(), at, classes)
                        == kernels.reductions().argMax(target.array(), targetAt, classes);
                scoreSum += right ? 1 : 0;
            }
            steps.clearMasked(row, dOutput);
            rows.loss()[row] = weight * lossSum;
            rows.weight()[row] = weight * steps.of(row);
            rows.score()[row] = weight * scoreSum;
            rows.scoreWeight()[row] = rows.weight()[row];
        }
    }
}
