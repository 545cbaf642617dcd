package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.OptimizerKernels;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

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
        learningRate = learningRate(learningRate);
        momentum = momentum == null ? 0 : Expect.fractionFloat("momentum", momentum);
        nesterov = nesterov != null && nesterov;
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("nesterov: expected a momentum above 0 beside it, got momentum 0");
        }
    }

    /** The rate, or the default. */
    static Double learningRate(Double given) {
        return given == null ? 0.01 : Expect.positiveFloat("learningRate", given);
    }

    @Override
    public boolean adaptive() {
        return false;
    }

    @Override
    public int slots() {
        return momentum == 0 ? 0 : 1;
    }

    @Override
    public boolean restsWithoutGradient() {
        return momentum == 0;
    }

    @Override
    public void update(OptimizerStep step, Vector theta, Vector gradient, Matrix state) {
        OptimizerKernels kernels = Kernels.get().optimizers();
        float mu = momentum.floatValue();
        if (momentum == 0) {
            kernels.sgd(step.update(), theta, gradient);
        } else if (nesterov) {
            kernels.nesterov(step.update(), mu, theta, gradient, state);
        } else {
            kernels.momentum(step.update(), mu, theta, gradient, state);
        }
    }
}
