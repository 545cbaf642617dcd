package dev.lockstep.nn.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import org.jspecify.annotations.Nullable;

/** YAML's {@code null} where an enumeration has a constant of that name; everywhere else it means the default. */
final class NullConstant {
    private static final String NAME = "null";

    private NullConstant() {}

    /** The node, or the constant's name in its place. */
    static @Nullable JsonNode written(@Nullable JsonNode node, Class<?> type) {
        if (node == null || !node.isNull() || !type.isEnum()) {
            return node;
        }
        for (Object constant : type.getEnumConstants()) {
            if (SpecNames.constantName((Enum<?>) constant).equals(NAME)) {
                return TextNode.valueOf(NAME);
            }
        }
        return node;
    }
}
