package dev.lockstep.nn.spec;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.tensor.Shape;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Writes description records as a tree: what {@link SpecBinder} reads back as an equal record. */
final class SpecWriter {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
    /** What YAML takes for a truth value or for nothing. */
    private static final Set<String> NO_TEXTS = Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

    private SpecWriter() {}

    static JsonNode tree(Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof JsonNode node) {
            return node;
        }
        if (value instanceof String text) {
            return NODES.textNode(text);
        }
        if (value instanceof Boolean truth) {
            return NODES.booleanNode(truth);
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof Enum<?> constant) {
            return NODES.textNode(SpecNames.constantName(constant));
        }
        if (value instanceof Shape shape) {
            return tree(shape.toArray());
        }
        if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode();
            list.forEach(element -> array.add(tree(element)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            map.forEach((key, element) -> object.set((String) key, tree(element)));
            return object;
        }
        if (value.getClass().isArray()) {
            ArrayNode array = NODES.arrayNode();
            for (int i = 0; i < Array.getLength(value); i++) {
                array.add(tree(Array.get(value, i)));
            }
            return array;
        }
        return composite(value);
    }

    static JsonNode brief(Object named) {
        JsonNode tree = tree(named);
        if (!tree.isObject() || tree.size() != 1 || !tree.elements().next().isObject()) {
            return tree;
        }
        String name = tree.fieldNames().next();
        ObjectNode settings = (ObjectNode) tree.get(name);
        for (SpecRecord.Component component :
                SpecRecord.of(named.getClass()).components().values()) {
            JsonNode value = component.required() ? null : settings.remove(component.key());
            if (value != null && !named.equals(SpecBinder.bind(tree, named.getClass(), ""))) {
                settings.set(component.key(), value);
            }
        }
        return settings.isEmpty() ? NODES.textNode(name) : tree;
    }

    static String flow(JsonNode tree) {
        StringJoiner parts;
        if (tree.isObject()) {
            parts = new StringJoiner(", ", "{", "}");
            tree.fieldNames()
                    .forEachRemaining(key -> parts.add(flow(NODES.textNode(key)) + ": " + flow(tree.get(key))));
        } else if (tree.isArray()) {
            parts = new StringJoiner(", ", "[", "]");
            tree.forEach(element -> parts.add(flow(element)));
        } else {
            return tree.isTextual() && isPlain(tree.textValue()) ? tree.textValue() : tree.toString();
        }
        return parts.toString();
    }

    /** Whether YAML reads a text as itself, without quotes. */
    private static boolean isPlain(String text) {
        return PLAIN.matcher(text).matches() && !NO_TEXTS.contains(text.toLowerCase(Locale.ROOT));
    }

    private static JsonNode number(Number number) {
        if (number instanceof Integer integer) {
            return NODES.numberNode(integer);
        }
        if (number instanceof Long integer) {
            return NODES.numberNode(integer);
        }
        if (number instanceof Float fraction) {
            return NODES.numberNode(fraction);
        }
        return NODES.numberNode(number.doubleValue());
    }

    private static JsonNode composite(Object value) {
        Class<?> type = value.getClass();
        for (Method method : type.getDeclaredMethods()) {
            if (method.isAnnotationPresent(JsonValue.class) && method.getParameterCount() == 0) {
                JsonNode tree = tree(call(method, value));
                SpecName named = type.getAnnotation(SpecName.class);
                return named == null ? tree : NODES.objectNode().set(named.value(), tree);
            }
        }
        if (!type.isRecord()) {
            throw new IllegalStateException("description records have no components of " + type);
        }
        ObjectNode settings = NODES.objectNode();
        for (SpecRecord.Component component : SpecRecord.of(type).components().values()) {
            Object element = call(component.accessor(), value);
            if (element != null) {
                settings.set(component.key(), tree(element));
            }
        }
        SpecName name = type.getAnnotation(SpecName.class);
        if (name == null) {
            return settings;
        }
        return settings.isEmpty()
                ? NODES.textNode(name.value())
                : NODES.objectNode().set(name.value(), settings);
    }

    private static Object call(Method method, Object target) {
        try {
            method.setAccessible(true);
            return method.invoke(target);
        } catch (InvocationTargetException | IllegalAccessException e) {
            throw new IllegalStateException("cannot call " + method, e);
        }
    }
}
