package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.layer.recurrent.RecurrentCell;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * A simple recurrent layer (Elman 1990), {@code h_t = f(x_t W + h_{t-1} U + b)}, {@code h_0 = 0}.
 *
 * <p>Shapes: {@code x [rows, steps, in]}, {@code W [in, units]}, {@code U [units, units]}, {@code b [units]}; output
 * {@code [rows, units]} or {@code [rows, steps, units]}; see {@link RecurrentSpec} for masks and truncation. Gradients,
 * from the last step to the first: {@code ds_t = f'(s_t) dh_t}, {@code dh_{t-1} += ds_t U^T}, {@code dW = sum x_t^T
 * ds_t}, {@code dU = sum h_{t-1}^T ds_t}, {@code db = sum ds_t}, {@code dx_t = ds_t W^T}.
 *
 * @param units size of the state
 * @param activation {@code f}: tanh or relu; tanh unless given
 * @param returnSequences whether the output is the state after every step, not only after the last; false unless given
 * @param truncate steps of backpropagation through time; all unless given
 * @param initializer how {@code W} begins; Glorot uniform unless given
 * @param recurrentInitializer how {@code U} begins; orthogonal (Saxe et al. 2014) unless given
 * @param recurrentDropout probability with which an element of the state is 0 in the recurrent product, at all steps of
 *     a row (Gal and Ghahramani 2016); 0 unless given
 */
@SpecName("rnn")
public record SimpleRnn(
        @JsonProperty(required = true) int units,
        Activation activation,
        Boolean returnSequences,
        Integer truncate,
        Initializer initializer,
        Initializer recurrentInitializer,
        Double recurrentDropout)
        implements RecurrentSpec {
    public SimpleRnn {
        Expect.atLeast("units", units, 1);
        activation = activation == null ? new Activation.Tanh() : activation;
        if (!(activation instanceof Activation.Tanh || activation instanceof Activation.Relu)) {
            throw Expect.failure("activation", "tanh or relu", activation.label());
        }
        returnSequences = returnSequences != null && returnSequences;
        if (truncate != null) {
            Expect.atLeast("truncate", truncate, 1);
        }
        initializer = initializer == null ? Initializer.GLOROT_UNIFORM : initializer;
        recurrentInitializer = recurrentInitializer == null ? Initializer.ORTHOGONAL : recurrentInitializer;
        recurrentDropout = RecurrentSpec.dropoutOr0(recurrentDropout);
    }

    /** A layer with the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public SimpleRnn(int units, boolean returnSequences) {
        this(units, null, returnSequences, null, null, null, null);
    }

    @Override
    public int truncation() {
        return truncate == null ? 0 : truncate;
    }

    @Override
    public RecurrentCell cell(String name, int in, ParameterLayout layout) {
        Shape inputShape = Shape.of(in, units);
        Shape stateShape = Shape.of(units, units);
        int weight = layout.reserve(name, "weight", inputShape, ParameterRole.WEIGHT, initializer);
        layout.reserve(name, "recurrentWeight", stateShape, ParameterRole.WEIGHT, recurrentInitializer);
        int bias = layout.reserve(name, "bias", Shape.of(units), ParameterRole.BIAS, Initializer.ZEROS);
        RecurrentCell.Kind cell =
                activation instanceof Activation.Relu ? RecurrentCell.Kind.RELU : RecurrentCell.Kind.TANH;
        return new RecurrentCell(cell, in, units, weight, bias, bias);
    }
}
