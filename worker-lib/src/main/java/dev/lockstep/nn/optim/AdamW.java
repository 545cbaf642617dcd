package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

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
        implements ElementwiseOptimizer, AdamMoments {
    public AdamW {
        learningRate = AdamMoments.learningRate(learningRate);
        weightDecay = AdamMoments.weightDecay(weightDecay);
        beta1 = AdamMoments.beta1(beta1);
        beta2 = AdamMoments.beta2(beta2);
        epsilon = AdamMoments.epsilon(epsilon, 1e-8);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public void update(OptimizerStep step, Vector theta, Vector gradient, Matrix state) {
        Kernels.get().optimizers().adam(adamStep(step, weightDecay), theta, gradient, state);
    }
}
