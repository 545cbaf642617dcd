package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019): {@code m} and {@code v} as in {@link Adam},
 * {@code theta -= lr (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + lambda theta)}. The decay touches weights alone,
 * not biases and gains. Slots: {@code m}, {@code v}.
 *
 * @param learningRate {@code lr} before the schedule; 0.001 unless given
 * @param weightDecay {@code lambda}; 0.01 unless given
 * @param beta1 decay of the mean; 0.9 unless given
 * @param beta2 decay of the uncentred variance; 0.999 unless given
 * @param epsilon added to the root after the bias correction; 1e-8 unless given
 */
@SpecName("adamW")
public record AdamW(Double learningRate, Double weightDecay, Double beta1, Double beta2, Double epsilon)
        implements ElementwiseOptimizer {
    public AdamW {
        learningRate = learningRate == null ? 0.001 : Expect.positiveFloat("learningRate", learningRate);
        weightDecay = weightDecay == null ? 0.01 : Expect.notNegativeFloat("weightDecay", weightDecay);
        beta1 = beta1 == null ? 0.9 : Expect.fractionFloat("beta1", beta1);
        beta2 = beta2 == null ? 0.999 : Expect.fractionFloat("beta2", beta2);
        epsilon = epsilon == null ? 1e-8 : Expect.positiveFloat("epsilon", epsilon);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public void update(
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
                .adam(
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
                        (float) step.learningRate(),
                        beta1.floatValue(),
                        beta2.floatValue(),
                        epsilon.floatValue(),
                        step.biasCorrection(beta1),
                        step.biasCorrection(beta2),
                        step.decayed() ? weightDecay.floatValue() : 0f);
    }
}
