package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.SpecName;

/**
 * {@link Sgd} with momentum under its own name (Polyak 1964): {@code v = mu v + g}, {@code theta -= lr v}.
 *
 * @param learningRate {@code lr} before the schedule; 0.01 unless given
 * @param momentum {@code mu} in (0, 1); 0.9 unless given
 */
@SpecName("momentum")
public record Momentum(Double learningRate, Double momentum) implements SgdWithMomentum {
    public Momentum {
        learningRate = Sgd.learningRate(learningRate);
        momentum = SgdWithMomentum.momentum(momentum);
    }

    @Override
    public Sgd sgd() {
        return new Sgd(learningRate, momentum, false);
    }
}
