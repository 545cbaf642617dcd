package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.tensor.Shape;

/** A layer {@code y = f(L(x) + b)} for a map {@code L} that is linear in the input and in the weights. */
sealed interface LinearSpec extends LayerWithWeights permits Dense, Conv1d, Conv2d {

    /** {@code f}. */
    Activation activation();

    /** Whether there is a {@code b}. */
    Boolean bias();

    /** How the weights begin. */
    Initializer initializer();

    /**
     * {@code L} for an input.
     *
     * @param name name of the layer
     * @throws IllegalArgumentException if the input does not fit, naming the layer
     */
    LinearMap map(String name, Shape input);

    @Override
    default Layer bind(Shape input, ParameterLayout layout) {
        return LinearLayer.bind(layout.nameLayer(kind()), input, this, layout);
    }
}
