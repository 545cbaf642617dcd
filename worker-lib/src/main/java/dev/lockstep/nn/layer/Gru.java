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
 * A gated recurrent unit (Cho et al. 2014) in the form of cuDNN and PyTorch, in which the reset gate acts after the
 * recurrent product:
 *
 * <pre>{@code
 * r = sigmoid(x_t W_r + b_r + h_{t-1} U_r)
 * z = sigmoid(x_t W_z + b_z + h_{t-1} U_z)
 * n = tanh(x_t W_n + b_n + r (h_{t-1} U_n + q))
 * h_t = (1 - z) n + z h_{t-1}              h_0 = 0
 * }</pre>
 *
 * <p>Shapes: {@code x [rows, steps, in]}, {@code W [in, 3 units]}, {@code U [units, 3 units]}, {@code b [3 units]}, in
 * the order r, z, n, and {@code q [units]}; output {@code [rows, units]} or {@code [rows, steps, units]}; see
 * {@link RecurrentSpec} for masks and truncation. (PyTorch has two biases for every gate; those of r and z only ever
 * enter as a sum.) The gradients by the gates' sums are those of
 * {@link dev.lockstep.nn.kernel.RecurrentKernels#gruBackward}; then as in {@link SimpleRnn}.
 *
 * @param units size of the state
 * @param returnSequences whether the output is the state after every step, not only after the last; false unless given
 * @param truncate steps of backpropagation through time; all unless given
 * @param initializer how {@code W} begins, gate by gate; Glorot uniform unless given
 * @param recurrentInitializer how {@code U} begins, gate by gate; orthogonal (Saxe et al. 2014) unless given
 * @param recurrentDropout probability with which an element of the state is 0 in the recurrent product, at all steps of
 *     a row (Gal and Ghahramani 2016); 0 unless given
 */
@SpecName("gru")
public record Gru(
        @JsonProperty(required = true) int units,
        Boolean returnSequences,
        Integer truncate,
        Initializer initializer,
        Initializer recurrentInitializer,
        Double recurrentDropout)
        implements RecurrentSpec {
    public Gru {
        Expect.atLeast("units", units, 1);
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
    public Gru(int units, boolean returnSequences) {
        this(units, returnSequences, null, null, null, null);
    }

    @Override
    public int truncation() {
        return truncate == null ? 0 : truncate;
    }

    @Override
    public RecurrentCell cell(String name, int in, ParameterLayout layout) {
        Shape inputShape = Shape.of(in, 3 * units);
        Shape stateShape = Shape.of(units, 3 * units);
        InitialValues inputValues = InitialValues.gates(3, initializer);
        InitialValues stateValues = InitialValues.gates(3, recurrentInitializer);
        int weight = layout.reserve(name, "weight", inputShape, ParameterRole.WEIGHT, inputValues);
        layout.reserve(name, "recurrentWeight", stateShape, ParameterRole.WEIGHT, stateValues);
        int bias = layout.reserve(name, "bias", Shape.of(3 * units), ParameterRole.BIAS, Initializer.ZEROS);
        int recurrentBias =
                layout.reserve(name, "recurrentBias", Shape.of(units), ParameterRole.BIAS, Initializer.ZEROS);
        return new RecurrentCell(RecurrentCell.Kind.GRU, in, units, weight, bias, recurrentBias);
    }
}
