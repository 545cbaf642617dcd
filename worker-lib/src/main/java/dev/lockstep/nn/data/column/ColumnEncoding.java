package dev.lockstep.nn.data.column;

import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of the cells of a column as features, with everything that was measured over the training rows. Part of
 * a model.
 */
public sealed interface ColumnEncoding extends Serializable
        permits NumericEncoding, CategoryEncoding, TimeEncoding, WordsEncoding, ImageEncoding {

    /** What the job wanted of the column. */
    ColumnSpec spec();

    /** How many features a cell becomes. */
    int width();

    /** The shape of the features, where they have one of their own; null: they are one behind the other. */
    default @Nullable Shape shape() {
        return null;
    }

    /** How many categories have vectors of their own in the network; 0: the features are inputs as they are. */
    default int embedded() {
        return 0;
    }

    /** The size of these vectors; 0 where there are none. */
    default int units() {
        return 0;
    }

    /** Whether all training rows have the same cell, so that there is nothing to learn from it. */
    boolean isConstant();

    /**
     * What a cell was, for a person, as far as its features tell.
     *
     * @param features read
     * @param at where the cell's features begin
     */
    String text(float[] features, int at);

    /** What encodes cells in one thread. */
    CellEncoder encoder();
}
