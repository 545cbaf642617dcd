package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The columns of the features and their types.
 *
 * @param byName the types by the names of the columns, or by ranges of them ({@code "pixel0..pixel783"}), in the order
 *     of the features
 */
public record ColumnsSpec(Map<String, ColumnSpec> byName) implements Serializable {
    public ColumnsSpec {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** A map. */
    @JsonCreator
    public static ColumnsSpec of(Map<String, ColumnSpec> byName) {
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("expected at least one column, got none");
        }
        return new ColumnsSpec(byName);
    }

    /** As a job file has it. */
    @JsonValue
    public Map<String, ColumnSpec> written() {
        return byName;
    }
}
