package dev.lockstep.nn.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Numbers, truth values, texts and enumeration constants. */
final class SpecScalars {
    /** YAML 1.1 takes {@code 1e-3} for a text, since it has no decimal point; here it is a number. */
    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");

    private static final Set<Class<?>> INTEGERS = Set.of(int.class, Integer.class, long.class, Long.class);
    private static final Set<Class<?>> FRACTIONS = Set.of(float.class, Float.class, double.class, Double.class);

    private SpecScalars() {}

    static boolean isScalar(Class<?> type) {
        return INTEGERS.contains(type)
                || FRACTIONS.contains(type)
                || type == boolean.class
                || type == Boolean.class
                || type == String.class
                || type.isEnum();
    }

    /** Whether the node is of the kind the type is written in (its value may still be out of range). */
    static boolean fits(JsonNode node, Class<?> type) {
        if (INTEGERS.contains(type) || FRACTIONS.contains(type)) {
            return isNumber(node);
        }
        if (type == boolean.class || type == Boolean.class) {
            return node.isBoolean();
        }
        return node.isTextual() && !isNumber(node);
    }

    static Object bind(JsonNode node, Class<?> type, String path) {
        Object value = null;
        if (INTEGERS.contains(type)) {
            value = integer(node, type == long.class || type == Long.class);
        } else if (FRACTIONS.contains(type)) {
            value = fraction(node, type == float.class || type == Float.class);
        } else if (type == boolean.class || type == Boolean.class) {
            value = node.isBoolean() ? node.booleanValue() : null;
        } else if (type == String.class) {
            value = node.isValueNode() && !node.isNull() ? node.asText() : null;
        } else {
            value = constant(node, type, path);
        }
        if (value == null) {
            boolean tooLarge = INTEGERS.contains(type) && integer(node, true) != null;
            throw new SpecException(
                    path,
                    "expected " + (tooLarge ? "a whole number of at most 2147483647 in size" : expectation(type))
                            + ", got " + show(node));
        }
        return value;
    }

    private static boolean isNumber(JsonNode node) {
        return node.isNumber()
                || node.isTextual() && NUMBER.matcher(node.asText()).matches();
    }

    /** 1e3 is a whole number, 1.5 is not. */
    private static @Nullable Object integer(JsonNode node, boolean wide) {
        if (!isNumber(node) || node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
            return null;
        }
        try {
            BigDecimal value = node.isNumber() ? node.decimalValue() : new BigDecimal(node.asText());
            if (wide) {
                return value.longValueExact();
            }
            return value.intValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }

    private static @Nullable Object fraction(JsonNode node, boolean single) {
        if (!isNumber(node)) {
            return null;
        }
        double value = node.isNumber() ? node.doubleValue() : Double.parseDouble(node.asText());
        if (single) {
            return (float) value;
        }
        return value;
    }

    private static @Nullable Object constant(JsonNode node, Class<?> type, String path) {
        if (!node.isTextual()) {
            return null;
        }
        for (Object constant : type.getEnumConstants()) {
            if (SpecNames.constantName((Enum<?>) constant).equals(node.asText())) {
                return constant;
            }
        }
        throw new SpecException(
                path,
                "unknown value " + Excerpt.quoted(node.asText()) + "; "
                        + Nearest.hint(node.asText(), constants(type), "values"));
    }

    private static List<String> constants(Class<?> type) {
        List<String> names = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            names.add(SpecNames.constantName((Enum<?>) constant));
        }
        return names;
    }

    static String expectation(Class<?> type) {
        if (INTEGERS.contains(type)) {
            return "a whole number";
        }
        if (FRACTIONS.contains(type)) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        return type == String.class ? "a text" : "one of " + String.join(", ", constants(type));
    }

    /** A node as a message shows it. */
    static String show(JsonNode node) {
        if (node.isTextual()) {
            return isNumber(node) ? Excerpt.of(node.asText()) : Excerpt.quoted(node.asText());
        }
        if (node.isArray()) {
            return node.isEmpty() ? "an empty list" : "a list";
        }
        if (node.isObject()) {
            return node.isEmpty() ? "an empty map" : "a map";
        }
        return node.isNull() ? "nothing" : Excerpt.of(node.asText());
    }
}
