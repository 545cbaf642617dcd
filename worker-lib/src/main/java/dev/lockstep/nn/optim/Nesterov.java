package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;

/**
 * {@link Sgd} with Nesterov's momentum under its own name (Nesterov 1983, as rewritten by Bengio et al. 2012): {@code v
 * = mu v + g}, {@code theta -= lr (g + mu v)}.
 *
 * @param learningRate {@code lr} before the schedule; 0.01 unless given
 * @param momentum {@code mu} in (0, 1); 0.9 unless given
 */
@SpecName("nesterov")
public record Nesterov(Double learningRate, Double momentum) implements ElementwiseOptimizer {
    public Nesterov {
        learningRate = learningRate == null ? 0.01 : Expect.positiveFloat("learningRate", learningRate);
        momentum =
                momentum == null ? 0.9 : Expect.positiveFloat("momentum", Expect.fractionFloat("momentum", momentum));
    }

    private Sgd sgd() {
        return new Sgd(learningRate, momentum, true);
    }

    @Override
    public int slots() {
        return sgd().slots();
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
        sgd().update(step, theta, thetaOffset, gradient, gradientOffset, state, stateOffset, stateStride, length);
    }
}
