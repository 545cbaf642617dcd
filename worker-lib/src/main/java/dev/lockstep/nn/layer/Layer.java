package dev.lockstep.nn.layer;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.tensor.Shape;

/** A layer bound to its input's shape and to its place in the parameter vector. Immutable; owns no floats. */
public interface Layer {

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

    /** Whether its output holds the numbers of its input, in another shape. */
    default boolean reshapes() {
        return false;
    }

    /** How many trainable parameters it has. */
    default int parameters() {
        return 0;
    }

    /** Everything that changes while it computes, for passes of at most {@link Workspace#maxRows()} rows. */
    LayerReplica replica(Workspace workspace);
}
