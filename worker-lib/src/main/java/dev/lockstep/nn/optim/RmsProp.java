package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.RmsPropStep;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * RMSProp (Tieleman and Hinton 2012): {@code v = rho v + (1 - rho) g^2}, {@code d = g / (sqrt(v) + eps)}, {@code theta
 * -= lr d}; with momentum {@code b = mu b + d}, {@code theta -= lr b}. Slots: {@code v}, and {@code b} with momentum.
 *
 * @param learningRate {@code lr} before the schedule; 0.001 unless given
 * @param rho decay of the mean square; 0.9 unless given
 * @param epsilon added to the root; 1e-8 unless given
 * @param momentum {@code mu} in [0, 1); 0 unless given
 */
@SpecName("rmsProp")
public record RmsProp(Double learningRate, Double rho, Double epsilon, Double momentum)
        implements ElementwiseOptimizer {
    public RmsProp {
        learningRate = learningRate == null ? 0.001 : Expect.positiveFloat("learningRate", learningRate);
        rho = rho == null ? 0.9 : Expect.fractionFloat("rho", rho);
        epsilon = epsilon == null ? 1e-8 : Expect.positiveFloat("epsilon", epsilon);
        momentum = momentum == null ? 0 : Expect.fractionFloat("momentum", momentum);
    }

    @Override
    public int slots() {
        return momentum == 0 ? 1 : 2;
    }

    @Override
    public void update(OptimizerStep step, Vector theta, Vector gradient, Matrix state) {
        RmsPropStep settings =
                new RmsPropStep(step.update(), rho.floatValue(), epsilon.floatValue(), momentum.floatValue());
        Kernels.get().optimizers().rmsProp(settings, theta, gradient, state);
    }
}
