package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.layer.recurrent.RecurrentCell;
import dev.lockstep.nn.param.InitialValues;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * A long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), without
 * peepholes:
 *
 * <pre>{@code
 * [i f g o] = x_t W + h_{t-1} U + b        i, f, o through a sigmoid, g through tanh
 * c_t = f c_{t-1} + i g                    c_0 = 0
 * h_t = o tanh(c_t)                        h_0 = 0
 * }</pre>
 *
 * <p>Shapes: {@code x [rows, steps, in]}, {@code W [in, 4 units]}, {@code U [units, 4 units]}, {@code b [4 units]}, in
 * the order i, f, g, o; output {@code [rows, units]} or {@code [rows, steps, units]}; see {@link RecurrentSpec} for
 * masks and truncation. The gradients by the gates' sums are those of
 * {@link dev.lockstep.nn.kernel.RecurrentKernels#lstmBackward}; then as in {@link SimpleRnn}.
 *
 * @param units size of the state
 * @param forgetBias where the forget gate's bias begins, so that a new network remembers (Jozefowicz et al. 2015); 1
 *     unless given. The other biases begin at 0
 * @param returnSequences whether the output is the state after every step, not only after the last; false unless given
 * @param truncate steps of backpropagation through time; all unless given
 * @param initializer how {@code W} begins, gate by gate; Glorot uniform unless given
 * @param recurrentInitializer how {@code U} begins, gate by gate; orthogonal (Saxe et al. 2014) unless given
 * @param recurrentDropout probability with which an element of the state is 0 in the recurrent product, at all steps of
 *     a row (Gal and Ghahramani 2016); 0 unless given
 */
@SpecName("lstm")
public record Lstm(
        @JsonProperty(required = true) int units,
        Double forgetBias,
        Boolean returnSequences,
        Integer truncate,
        Initializer initializer,
        Initializer recurrentInitializer,
        Double recurrentDropout)
        implements RecurrentSpec {
    public Lstm {
        Expect.atLeast("units", units, 1);
        forgetBias = forgetBias == null ? 1 : forgetBias;
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
    public Lstm(int units, boolean returnSequences) {
        this(units, null, returnSequences, null, null, null, null);
    }

    @Override
    public int truncation() {
        return truncate == null ? 0 : truncate;
    }

    @Override
    public RecurrentCell cell(String name, int in, ParameterLayout layout) {
        Shape inputShape = Shape.of(in, 4 * units);
        Shape stateShape = Shape.of(units, 4 * units);
        InitialValues inputValues = InitialValues.gates(4, initializer);
        InitialValues stateValues = InitialValues.gates(4, recurrentInitializer);
        int weight = layout.reserve(name, "weight", inputShape, ParameterRole.WEIGHT, inputValues);
        layout.reserve(name, "recurrentWeight", stateShape, ParameterRole.WEIGHT, stateValues);
        int bias = layout.reserve(
                name, "bias", Shape.of(4 * units), ParameterRole.BIAS, InitialValues.gateBias(4, 1, forgetBias));
        return new RecurrentCell(RecurrentCell.Kind.LSTM, in, units, weight, bias, bias);
    }
}
