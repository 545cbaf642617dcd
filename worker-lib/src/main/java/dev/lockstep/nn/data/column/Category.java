package dev.lockstep.nn.data.column;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import org.jspecify.annotations.Nullable;

/**
 * A column of categories, each with a vector of its own that the network learns (Guo and Berkhahn 2016): the first
 * layer of the network, {@code columnEmbeddings}, puts it in place of the column.
 *
 * @param units the size of a vector; {@code min(600, round(1.6 n^0.56))} for {@code n} categories unless given
 * @param most how many names are distinguished, the most frequent ones; the rest is one category. All unless given
 * @param least in how many training rows a name must be to be distinguished; 1 unless given
 * @param hash how many categories names are hashed to, for columns whose names nobody can list; not unless given
 * @param missing what stands for a missing name; a category of its own unless given
 */
@SpecName("category")
public record Category(
        @Nullable Integer units,
        @Nullable Integer most,
        Integer least,
        @Nullable Integer hash,
        MissingCategory missing) implements Categorical {
    public Category {
        if (units != null) {
            Expect.atLeast("units", units, 1);
        }
        Categorical.check(most, least, hash);
        least = least == null ? 1 : least;
        missing = missing == null ? MissingCategory.OWN : missing;
    }

    /** Vectors of a size by the rule. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public Category() {
        this(null, null, null, null, null);
    }
}
