package dev.lockstep.nn.data.column;

import dev.lockstep.nn.spec.SpecName;
import org.jspecify.annotations.Nullable;

/**
 * A column of categories, each an input of its own: 1 for that of the row, 0 for the others.
 *
 * @param most how many names are distinguished, the most frequent ones; the rest is one category. All unless given
 * @param least in how many training rows a name must be to be distinguished; 1 unless given
 * @param hash how many categories names are hashed to, for columns whose names nobody can list; not unless given
 * @param missing what stands for a missing name; a category of its own unless given
 */
@SpecName("oneHot")
public record OneHot(
        @Nullable Integer most, Integer least, @Nullable Integer hash, MissingCategory missing) implements Categorical {
    public OneHot {
        Categorical.check(most, least, hash);
        least = least == null ? 1 : least;
        missing = missing == null ? MissingCategory.OWN : missing;
    }

    /** All names, an input each. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public OneHot() {
        this(null, null, null, null);
    }
}
