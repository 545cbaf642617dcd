package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The columns of the features and their types: a map, or {@code auto} for those that are guessed.
 *
 * @param byName the types by the names of the columns, or by ranges of them ({@code "pixel0..pixel783"}), in the order
 *     of the features; empty: guessed
 */
public record ColumnsSpec(Map<String, ColumnSpec> byName) implements Serializable {
    /** Types are guessed. */
    public static final ColumnsSpec AUTO = new ColumnsSpec(Map.of());

    private static final String AUTO_NAME = "auto";

    public ColumnsSpec {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** A map. */
    @JsonCreator
    public static ColumnsSpec of(Map<String, ColumnSpec> byName) {
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("expected at least one column, or auto, got none");
        }
        return new ColumnsSpec(byName);
    }

    /** A word: {@code auto}. */
    @JsonCreator
    public static ColumnsSpec of(String word) {
        if (!word.equals(AUTO_NAME)) {
            throw new IllegalArgumentException(
                    "expected auto, or a map from columns to their types, got " + Excerpt.quoted(word));
        }
        return AUTO;
    }

    /** Whether types are guessed. */
    public boolean isAuto() {
        return byName.isEmpty();
    }

    /** As lines of a job file, a column each, without what goes without saying. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        byName.forEach((name, type) ->
                lines.add(SpecMapper.flow(TextNode.valueOf(name)) + ": " + SpecMapper.flow(SpecMapper.brief(type))));
        return lines;
    }

    /** As a job file has it. */
    @JsonValue
    public Object written() {
        return isAuto() ? AUTO_NAME : byName;
    }
}
