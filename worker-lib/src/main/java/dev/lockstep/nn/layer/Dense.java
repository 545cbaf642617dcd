package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * A fully connected layer (Rumelhart, Hinton and Williams 1986), {@code y = f(x W + b)}.
 *
 * <p>Shapes: {@code x [rows, in]}, {@code W [in, units]}, {@code b [units]}, {@code y [rows, units]}. An input
 * {@code [steps, in]} is mapped step by step to {@code [steps, units]}; an image {@code [h, w, c]} is seen as one
 * vector. Gradients: {@code dz = f'(z) dy}, {@code dW = x^T dz}, {@code db = sum of dz over rows}, {@code dx = dz W^T}.
 * Keeps its output; its pre-activation {@code z} too where the derivative needs it.
 *
 * @param units size of the output
 * @param activation {@code f}; linear unless given
 * @param bias whether there is a {@code b}; true unless given
 * @param initializer initial weights; Glorot uniform unless given. Biases begin at 0
 */
@SpecName("dense")
public record Dense(int units, Activation activation, Boolean bias, Initializer initializer)
        implements LinearMap.Spec, Activated {
    public Dense {
        Expect.atLeast("units", units, 1);
        activation = activation == null ? new Activation.Linear() : activation;
        bias = bias == null || bias;
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
    }

    /** A linear layer with the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Dense(int units) {
        this(units, null, null, null);
    }

    /** A layer with an activation and the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Dense(int units, Activation activation) {
        this(units, activation, null, null);
    }

    @Override
    public Dense withActivation(Activation other) {
        return new Dense(units, other, bias, initializer);
    }

    @Override
    public boolean readsStepByStep() {
        return true;
    }

    @Override
    public LinearMap.Product map(String name, Shape input) {
        return LinearMap.Product.of(input, units);
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        if (layout.sharedBy() > 1) {
            String name = layout.nameLayer(kind());
            return AdaptedLayer.bind(name, input, map(name, input), this, layout);
        }
        return LinearMap.Spec.super.bind(input, layout);
    }
}
