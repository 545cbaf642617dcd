package dev.lockstep.nn.layer;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A layer bound to its input's shape and to its place in the parameter vector. Immutable; owns no floats. */
public interface Layer {
    /** The value of {@link #validSteps} for an output that has no steps. */
    int NO_STEPS = -1;

    /** Its name, unique in the network: {@code dense_1}. */
    String name();

    /** Shape of a row of its input. */
    Shape input();

    /** Shape of a row of its output. */
    Shape output();

    /** Which numbers its input can hold. */
    default NumberRange numbers() {
        return NumberRange.ANY;
    }

    /**
     * Whether its replica takes entries where its input is that of the network: asks {@link Pass#entries} and does
     * without the numbers of the input.
     */
    default boolean readsEntries() {
        return false;
    }

    /**
     * The tensors of which a pass uses few rows: where {@link dev.lockstep.nn.param.Gradient.Node#rows} has a matrix
     * for one, its replica leaves the gradient there. Asked of first layers alone.
     *
     * @param entries whether {@link Pass#entries} may give it entries
     */
    default List<RowTensor> rowTensors(boolean entries) {
        return List.of();
    }

    /**
     * Where the layer looks vectors up, whose numbers jump with the input: which element of the input each element of
     * the output belongs to. Null: its output is a continuous function of its input.
     */
    default int @Nullable [] lookedUpBy() {
        return null;
    }

    /** Whether its output holds the numbers of its input, in another shape. */
    default boolean reshapes() {
        return false;
    }

    /**
     * How many steps of a row's output are valid, where its input is a sequence of which the first {@code length} are:
     * as many where the layer keeps the steps. {@link #NO_STEPS} if the output is no sequence.
     */
    default int validSteps(int length) {
        boolean keeps = input().rank() > 1 && output().rank() > 1 && input().dimension(0) == output().dimension(0);
        return keeps ? length : NO_STEPS;
    }

    /**
     * Where the weights of a linear layer lie: {@code y = x W + b} for each step of a row, {@code W [inputs, units]},
     * and behind it {@code b [units]} if it has one.
     *
     * @param offset of {@code W} among the parameters
     * @param inputs numbers of a step of its input
     * @param units numbers of a step of its output
     * @param bias whether there is {@code b}
     */
    record Weights(int offset, int inputs, int units, boolean bias) {
        /** How many there are. */
        public int length() {
            return (inputs + (bias ? 1 : 0)) * units;
        }
    }

    /** Its weights, if its output is a linear function of its input step by step; null otherwise. */
    default @Nullable Weights linearWeights() {
        return null;
    }

    /** The function that its output has gone through last, along the last axis; null where it is none of these. */
    default @Nullable Activation activation() {
        return null;
    }

    /** How many trainable parameters it has. */
    default int parameters() {
        return 0;
    }

    /** Everything that changes while it computes, for passes of at most {@link Workspace#maxRows()} rows. */
    LayerReplica replica(Workspace workspace);
}
