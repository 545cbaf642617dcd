package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Vector;
import java.util.List;

/**
 * LAMB (You et al. 2020), for large batches: AdamW's direction, its length scaled to that of the parameters tensor by
 * tensor,
 *
 * <pre>{@code
 * d     = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + lambda theta
 * ratio = |theta| / |d|, 1 where either norm is 0
 * theta -= lr ratio d
 * }</pre>
 *
 * <p>Biases and gains are not decayed and keep ratio 1, as in the authors' code. A step has two halves, between which
 * the norms of the whole tensors have to be known: the direction, which takes the place of the gradient, and its
 * subtraction. Slots: {@code m}, {@code v}.
 *
 * @param learningRate {@code lr} before the schedule; 0.001 unless given
 * @param weightDecay {@code lambda}; 0.01 unless given
 * @param beta1 decay of the mean; 0.9 unless given
 * @param beta2 decay of the uncentred variance; 0.999 unless given
 * @param epsilon added to the root after the bias correction; 1e-6 unless given
 */
@SpecName("lamb")
public record Lamb(Double learningRate, Double weightDecay, Double beta1, Double beta2, Double epsilon)
        implements Optimizer, AdamMoments {
    public Lamb {
        learningRate = AdamMoments.learningRate(learningRate);
        weightDecay = AdamMoments.weightDecay(weightDecay);
        beta1 = AdamMoments.beta1(beta1);
        beta2 = AdamMoments.beta2(beta2);
        epsilon = AdamMoments.epsilon(epsilon, 1e-6);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public boolean elementwise() {
        return false;
    }

    @Override
    public void step(List<TensorPart> parts, TensorSquares squares) {
        for (TensorPart part : parts) {
            Kernels.get()
                    .optimizers()
                    .adamDirection(adamStep(part.step(), weightDecay), part.theta(), part.gradient(), part.state());
        }
        double[] sums = squares.sums();
        for (int i = 0; i < parts.size(); i++) {
            subtract(parts.get(i), trustRatio(parts.get(i).step(), sums[2 * i], sums[2 * i + 1]));
        }
    }

    /** The factor of the learning rate of one tensor, from the squares of its parameters and of its direction. */
    private static double trustRatio(OptimizerStep step, double parameterSquares, double directionSquares) {
        if (!step.decayed() || parameterSquares == 0 || directionSquares == 0) {
            return 1;
        }
        return Math.sqrt(parameterSquares) / Math.sqrt(directionSquares);
    }

    private static void subtract(TensorPart part, double ratio) {
        float rate = (float) (part.step().learningRate() * ratio);
        Vector direction = part.gradient();
        Vector theta = part.theta();
        Kernels.get()
                .elementwise()
                .axpy(-rate, direction.array(), direction.offset(), theta.array(), theta.offset(), theta.length());
    }
}
