package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.SpecName;

/**
 * {@link Sgd} with Nesterov's momentum under its own name (Nesterov 1983, as rewritten by Bengio et al. 2012): {@code v
 * = mu v + g}, {@code theta -= lr (g + mu v)}.
 *
 * @param learningRate {@code lr} before the schedule; 0.01 unless given
 * @param momentum {@code mu} in (0, 1); 0.9 unless given
 */
@SpecName("nesterov")
public record Nesterov(Double learningRate, Double momentum) implements SgdWithMomentum {
    public Nesterov {
        learningRate = Sgd.learningRate(learningRate);
        momentum = SgdWithMomentum.momentum(momentum);
    }

    @Override
    public Sgd sgd() {
        return new Sgd(learningRate, momentum, true);
    }
}
