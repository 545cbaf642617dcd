package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/** A form of {@link Sgd} under its own name. */
public sealed interface SgdWithMomentum extends ElementwiseOptimizer permits Momentum, Nesterov {

    /** What it is a name for. */
    Sgd sgd();

    @Override
    default boolean adaptive() {
        return false;
    }

    @Override
    default int slots() {
        return sgd().slots();
    }

    @Override
    default void update(OptimizerStep step, Vector theta, Vector gradient, Matrix state) {
        sgd().update(step, theta, gradient, state);
    }

    /** {@code mu}, or 0.9: here it must not be 0. */
    static Double momentum(Double given) {
        return given == null ? 0.9 : Expect.positiveFloat("momentum", Expect.fractionFloat("momentum", given));
    }
}
