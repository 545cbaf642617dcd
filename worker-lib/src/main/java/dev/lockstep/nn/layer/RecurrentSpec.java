package dev.lockstep.nn.layer;

import dev.lockstep.nn.layer.recurrent.RecurrentCell;
import dev.lockstep.nn.layer.recurrent.RecurrentLayer;
import dev.lockstep.nn.layer.recurrent.StateDropout;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A layer that reads a sequence {@code [steps, features]} step by step and carries a state {@code h [units]}. Its
 * output is the state after the last step, {@code [units]}, or after every step, {@code [steps, units]}.
 *
 * <p>A row may be shorter than the rest ({@link Pass#lengths()}): its later steps are skipped, the state after its last
 * valid step is the last state, outputs beyond it are 0 and take no part in any gradient. A row of length 0 ends in
 * state 0.
 *
 * <p>Gradients run back through all steps, or through chunks: with {@code truncate: k} the state is carried across
 * steps {@code k, 2k, ...} but treated as a constant there (Williams and Peng 1990).
 *
 * <p>With {@code recurrentDropout} the state enters the recurrent product through a mask, one a row for all of its
 * steps ({@link StateDropout}); in predictive samples too. A {@link Dropout} before or after the layer with
 * {@code perFeature} does the same to inputs and outputs.
 *
 * <p>The sums that make the weights' gradients run over (step, row) within a shard, steps counted in the order of
 * reading.
 */
public sealed interface RecurrentSpec extends LayerSpec.LayerWithWeights permits SimpleRnn, Lstm, Gru {

    /** Size of the state. */
    int units();

    /** Whether the output is the whole sequence of states. */
    Boolean returnSequences();

    /** A rate that is given, or 0. */
    static double dropoutOr0(@Nullable Double rate) {
        return rate == null ? 0 : Expect.fractionFloat("recurrentDropout", rate);
    }

    /** The cell between input and state, with its parameters reserved. */
    RecurrentCell cell(String name, int in, ParameterLayout layout);

    /** Probability with which an element of the state is 0 in the recurrent product, at all steps of a row. */
    Double recurrentDropout();

    /** Steps of backpropagation through time; 0 for all. */
    int truncation();

    @Override
    default boolean readsStepByStep() {
        return true;
    }

    @Override
    default Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer(kind());
        if (input.rank() != 2) {
            throw new IllegalArgumentException(
                    name + ": expected a sequence [steps, features], got an input of " + input);
        }
        int before = layout.parameterCount();
        RecurrentCell cell = cell(name, input.last(), layout);
        Shape output = returnSequences() ? Shape.of(input.dimension(0), units()) : Shape.of(units());
        double rate = recurrentDropout();
        StateDropout dropout = rate > 0 ? new StateDropout((float) rate, layout.nextStream()) : null;
        return new RecurrentLayer(name, input, output, cell, truncation(), dropout, layout.parameterCount() - before);
    }
}
