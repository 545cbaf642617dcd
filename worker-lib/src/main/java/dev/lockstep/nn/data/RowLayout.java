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
 */
public record RowLayout(Shape features, Shape target, boolean weighted, boolean sequences) implements Serializable {

    /** Floats a row. */
    public int width() {
        return features.size() + target.size() + (weighted ? 1 : 0) + (sequences ? 1 : 0);
    }

    /** Where the target begins. */
    public int targetOffset() {
        return features.size();
    }

    /** Where the weight lies, or -1. */
    public int weightOffset() {
        return weighted ? features.size() + target.size() : -1;
    }

    /** Where the sequence length lies, or -1. */
    public int lengthOffset() {
        return sequences ? width() - 1 : -1;
    }
}
