package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;

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
 * <p>Biases and gains are not decayed and keep ratio 1, as in the authors' code. A step has two parts, between which
 * the norms of the tensors have to be known: {@link #direction}, which works on any range, and the subtraction. Slots:
 * {@code m}, {@code v}.
 *
 * @param learningRate {@code lr} before the schedule; 0.001 unless given
 * @param weightDecay {@code lambda}; 0.01 unless given
 * @param beta1 decay of the mean; 0.9 unless given
 * @param beta2 decay of the uncentred variance; 0.999 unless given
 * @param epsilon added to the root after the bias correction; 1e-6 unless given
 */
@SpecName("lamb")
public record Lamb(Double learningRate, Double weightDecay, Double beta1, Double beta2, Double epsilon)
        implements Optimizer {
    public Lamb {
        learningRate = learningRate == null ? 0.001 : Expect.positiveFloat("learningRate", learningRate);
        weightDecay = weightDecay == null ? 0.01 : Expect.notNegativeFloat("weightDecay", weightDecay);
        beta1 = beta1 == null ? 0.9 : Expect.fractionFloat("beta1", beta1);
        beta2 = beta2 == null ? 0.999 : Expect.fractionFloat("beta2", beta2);
        epsilon = epsilon == null ? 1e-6 : Expect.positiveFloat("epsilon", epsilon);
    }

    @Override
    public int slots() {
        return 2;
    }

    /**
     * Updates the moments of a range of one tensor and computes its direction {@code d}.
     *
     * @param step the step
     * @param theta read
     * @param thetaOffset first parameter of the range
     * @param gradient read: gradient sums; overwritten: the direction
     * @param gradientOffset the gradient of the first parameter
     * @param state updated: slot {@code k} of the first parameter lies at {@code stateOffset + k * stateStride}
     * @param stateOffset slot 0 of the first parameter
     * @param stateStride distance between the slots of a parameter
     * @param length parameters in the range
     */
    public void direction(
            OptimizerStep step,
            float[] theta,
            int thetaOffset,
            float[] gradient,
            int gradientOffset,
            float[] state,
            int stateOffset,
            int stateStride,
            int length) {
        Kernels.get()
                .optimizers()
                .adamDirection(
                        theta,
                        thetaOffset,
                        gradient,
                        gradientOffset,
                        state,
                        stateOffset,
                        state,
                        stateOffset + stateStride,
                        length,
                        step.gradientScale(),
                        step.l2(),
                        beta1.floatValue(),
                        beta2.floatValue(),
                        epsilon.floatValue(),
                        step.biasCorrection(beta1),
                        step.biasCorrection(beta2),
                        step.decayed() ? weightDecay.floatValue() : 0f);
    }

    /**
     * The factor of the learning rate of one tensor.
     *
     * @param step the step over the tensor
     * @param parameterSquares sum of the squares of the tensor's parameters before the step
     * @param directionSquares sum of the squares of its direction
     */
    public double trustRatio(OptimizerStep step, double parameterSquares, double directionSquares) {
        if (!step.decayed() || parameterSquares == 0 || directionSquares == 0) {
            return 1;
        }
        return Math.sqrt(parameterSquares) / Math.sqrt(directionSquares);
    }
}
