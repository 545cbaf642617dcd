package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.OptimizerKernels;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;

/**
 * Stochastic gradient descent. Without momentum {@code theta -= lr g}; with momentum {@code v = mu v + g}, {@code theta
 * -= lr v}; Nesterov's form {@code theta -= lr (g + mu v)} (Sutskever et al. 2013, as rewritten by Bengio et al. 2012).
 * Slots: none without momentum, else {@code v}.
 *
 * @param learningRate {@code lr} before the schedule; 0.01 unless given
 * @param momentum {@code mu} in [0, 1); 0 unless given
 * @param nesterov whether the momentum looks ahead; false unless given
 */
@SpecName("sgd")
public record Sgd(Double learningRate, Double momentum, Boolean nesterov) implements ElementwiseOptimizer {
    public Sgd {
        learningRate = learningRate == null ? 0.01 : Expect.positiveFloat("learningRate", learningRate);
        momentum = momentum == null ? 0 : Expect.fractionFloat("momentum", momentum);
        nesterov = nesterov != null && nesterov;
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("nesterov: expected a momentum above 0 beside it, got momentum 0");
        }
    }

    @Override
    public int slots() {
        return momentum == 0 ? 0 : 1;
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
        OptimizerKernels kernels = Kernels.get().optimizers();
        float rate = (float) step.learningRate();
        float mu = momentum.floatValue();
        float scale = step.gradientScale();
        if (momentum == 0) {
            kernels.sgd(theta, thetaOffset, gradient, gradientOffset, length, scale, step.l2(), rate);
        } else if (nesterov) {
            kernels.nesterov(
                    theta,
                    thetaOffset,
                    gradient,
                    gradientOffset,
                    state,
                    stateOffset,
                    length,
                    scale,
                    step.l2(),
                    rate,
                    mu);
        } else {
            kernels.momentum(
                    theta,
                    thetaOffset,
                    gradient,
                    gradientOffset,
                    state,
                    stateOffset,
                    length,
                    scale,
                    step.l2(),
                    rate,
                    mu);
        }
    }
}
