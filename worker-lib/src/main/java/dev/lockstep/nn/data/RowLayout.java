package dev.lockstep.nn.data;

import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;

/**
 * How one row of a data set is packed into floats: {@code [features..., target..., weight?, length?]}.
 *
 * @param features shape of the features
 * @param target shape of the target; a class is one float holding its index
 * @param weighted whether a row weight follows (otherwise every row weighs 1)
 * @param sequences whether the number of valid steps of the row's sequence follows (otherwise all are valid)
 * @param padded whether the steps beyond it are padding, which is no part of the row; not those of a text's last window
 */
public record RowLayout(Shape features, Shape target, boolean weighted, boolean sequences, boolean padded)
        implements Serializable {
    /** Features from which on a row of few that are not 0 is kept as entries. Storage alone, no part of the format. */
    private static final int LEAST_FOR_ENTRIES = 128;

    /** Features up to which a row's hash is that of all of its numbers. Part of the format. */
    static final int MOST_HASHED_WHOLE = 1 << 16;

    /** Rows in which steps that are not valid are padding. */
    public RowLayout(Shape features, Shape target, boolean weighted, boolean sequences) {
        this(features, target, weighted, sequences, sequences);
    }

    /** Floats a row. */
    public int width() {
        return features.size() + target.size() + (weighted ? 1 : 0) + (sequences ? 1 : 0);
    }

    /**
     * Whether a row of which few features are not 0 is kept as entries: those features and their indexes. Features have
     * to be a vector; images, sequences and short rows are kept whole.
     */
    public boolean allowsEntries() {
        return features.rank() == 1 && !sequences && features.size() >= LEAST_FOR_ENTRIES;
    }

    /**
     * Whether a row's hash is that of its entries, however the row is kept: hashing every 0 of very wide rows would
     * take longer than reading them.
     */
    public boolean hashesEntries() {
        return allowsEntries() && features.size() > MOST_HASHED_WHOLE;
    }

    /** Floats behind a row's features. */
    public int rest() {
        return width() - features.size();
    }

    /** Where the target begins. */
    public int targetOffset() {
        return features.size();
    }

    /** Where the weight lies, or -1. */
    public int weightOffset() {
        return weighted ? features.size() + target.size() : -1;
    }

    /** The weight of a packed row. */
    public float weight(RowArray rows, int row) {
        return weighted ? rows.values()[rows.restStart(row) + target.size()] : 1f;
    }

    /** How many of a row's features are those of valid steps. */
    public int validFeatures(float[] values, int at) {
        int steps = features.dimension(0);
        return sequences ? features.size() / steps * (int) values[at + lengthOffset()] : features.size();
    }

    /** Where the sequence length lies, or -1. */
    public int lengthOffset() {
        return sequences ? width() - 1 : -1;
    }
}
