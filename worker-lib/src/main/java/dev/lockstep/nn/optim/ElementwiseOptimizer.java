package dev.lockstep.nn.optim;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import java.util.List;

/** A rule that moves each parameter by its own gradient and state alone. */
public sealed interface ElementwiseOptimizer extends Optimizer
        permits Sgd, SgdWithMomentum, Adagrad, RmsProp, Adam, AdamW {

    @Override
    default boolean elementwise() {
        return true;
    }

    @Override
    default void step(List<TensorPart> parts, TensorSquares squares) {
        for (TensorPart part : parts) {
            update(part.step(), part.theta(), part.gradient(), part.state());
        }
    }

    /** Whether a gradient of +0 leaves the parameter and its state as they are, to the bit. */
    default boolean restsWithoutGradient() {
        return false;
    }

    /**
     * Takes one step over a part of one parameter tensor.
     *
     * @param step the step
     * @param theta {@code [n]} parameters; updated
     * @param gradient {@code [n]} gradient sums; read
     * @param state {@code [slots, n]}; updated
     */
    void update(OptimizerStep step, Vector theta, Vector gradient, Matrix state);
}
