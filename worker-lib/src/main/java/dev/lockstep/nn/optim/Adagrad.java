package dev.lockstep.nn.optim;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * AdaGrad (Duchi, Hazan and Singer 2011): {@code v = v + g^2}, {@code theta -= lr g / (sqrt(v) + eps)}. Slots:
 * {@code v}, from 0.
 *
 * @param learningRate {@code lr} before the schedule; 0.01 unless given
 * @param epsilon added to the root; 1e-10 unless given
 */
@SpecName("adagrad")
public record Adagrad(Double learningRate, Double epsilon) implements ElementwiseOptimizer {
    public Adagrad {
        learningRate = learningRate == null ? 0.01 : Expect.positiveFloat("learningRate", learningRate);
        epsilon = epsilon == null ? 1e-10 : Expect.positiveFloat("epsilon", epsilon);
    }

    @Override
    public int slots() {
        return 1;
    }

    @Override
    public boolean restsWithoutGradient() {
        return true;
    }

    @Override
    public void update(OptimizerStep step, Vector theta, Vector gradient, Matrix state) {
        Kernels.get().optimizers().adagrad(step.update(), epsilon.floatValue(), theta, gradient, state);
    }
}
