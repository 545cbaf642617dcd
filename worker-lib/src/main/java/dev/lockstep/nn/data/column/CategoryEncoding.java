package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.spec.SpecName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of categories. With vectors, the one feature is the number of the category from 1, and 0 for what is
 * none; else each category has a feature.
 *
 * @param spec what the job wanted: {@link Category} or {@link OneHot}
 * @param values the names that are distinguished, in order; null where names are hashed
 * @param others whether all other names are a category
 * @param absent whether missing cells are a category
 * @param vector the size of a category's vector; null: a feature a category
 */
@SpecName("category")
public record CategoryEncoding(
        @JsonProperty(required = true) ColumnSpec spec,
        @Nullable List<String> values,
        Boolean others,
        Boolean absent,
        @Nullable Integer vector)
        implements ColumnEncoding {
    public CategoryEncoding {
        if (!(spec instanceof Categorical settings)) {
            throw new IllegalArgumentException("spec: expected category or oneHot, got " + spec);
        }
        if (values == null && settings.hash() == null) {
            throw new IllegalArgumentException("values: missing");
        }
        values = values == null ? null : List.copyOf(values);
        others = others != null && others;
        absent = absent != null && absent;
    }

    private Categorical settings() {
        return (Categorical) spec;
    }

    private int names() {
        return values == null ? hashes() : values.size();
    }

    private int hashes() {
        Integer hash = settings().hash();
        return hash == null ? 0 : hash;
    }

    private int categories() {
        return names() + (others ? 1 : 0) + (absent ? 1 : 0);
    }

    @Override
    public int width() {
        return vector == null ? categories() : 1;
    }

    @Override
    public int embedded() {
        return vector == null ? 0 : categories();
    }

    @Override
    public int units() {
        return vector == null ? 0 : vector;
    }

    @Override
    public String text(float[] features, int at) {
        int category = vector == null ? chosen(features, at) : (int) features[at] - 1;
        if (category < 0) {
            return CellText.NONE;
        }
        if (category < names()) {
            return values == null ? CellText.hashed(category) : values.get(category);
        }
        return others && category == names() ? CellText.OTHER : CellText.MISSING;
    }

    private int chosen(float[] features, int at) {
        for (int i = 0; i < categories(); i++) {
            if (features[at + i] != 0) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean isConstant() {
        return values != null && categories() == 1;
    }

    @Override
    public CellEncoder encoder() {
        Map<String, Integer> index = new HashMap<>();
        for (int i = 0; values != null && i < values.size(); i++) {
            index.put(values.get(i), i);
        }
        return (cell, out, at) -> {
            int category = category(cell, index);
            if (vector != null) {
                out[at] = category + 1;
            } else {
                Arrays.fill(out, at, at + categories(), 0f);
                if (category >= 0) {
                    out[at + category] = 1;
                }
            }
        };
    }

    /** The number of a cell's category from 0, or -1. */
    private int category(@Nullable Object cell, Map<String, Integer> index) throws CellException {
        if (cell == null) {
            if (settings().missing() == MissingCategory.ERROR) {
                throw ColumnSpec.missing("a name");
            }
            return absent ? categories() - 1 : -1;
        }
        if (values == null) {
            return (int) Long.remainderUnsigned(ContentHash.ofText((String) cell), hashes());
        }
        Integer found = index.get((String) cell);
        if (found != null) {
            return found;
        }
        return others ? names() : -1;
    }
}
