package dev.lockstep.nn.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.lockstep.nn.tensor.Shape;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes description records from a tree, keeping the path of each value for the messages. */
final class SpecBinder {
    private SpecBinder() {}

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Makes a value of the type, or throws a {@link SpecException} that names the path. */
    static Object bind(JsonNode node, Type type, String path) {
        if (type instanceof ParameterizedType generic) {
            return bindGeneric(node, generic, path);
        }
        Class<?> raw = (Class<?>) type;
        if (JsonNode.class.isAssignableFrom(raw)) {
            return node;
        }
        if (SpecScalars.isScalar(raw)) {
            return SpecScalars.bind(node, raw, path);
        }
        if (raw.isArray()) {
            return bindArray(node, raw.getComponentType(), path);
        }
        if (raw == Shape.class) {
            return bindShape(node, path);
        }
        Method creator = creatorFor(node, raw);
        if (creator != null) {
            return create(creator, node, path);
        }
        if (SpecNames.isNamed(raw)) {
            return bindNamed(node, raw, path);
        }
        if (raw.isRecord() && !isWrapper(raw)) {
            return bindRecord(node, raw, path);
        }
        throw new SpecException(path, "expected " + expectation(raw) + ", got " + SpecScalars.show(node));
    }

    private static Object bindGeneric(JsonNode node, ParameterizedType type, String path) {
        if (type.getRawType() == List.class) {
            if (!node.isArray()) {
                throw new SpecException(path, "expected a list, got " + SpecScalars.show(node));
            }
            List<Object> list = new ArrayList<>(node.size());
            for (int i = 0; i < node.size(); i++) {
                list.add(bind(node.get(i), type.getActualTypeArguments()[0], join(path, Integer.toString(i))));
            }
            return Collections.unmodifiableList(list);
        }
        if (type.getRawType() == Map.class) {
            if (!node.isObject()) {
                throw new SpecException(path, "expected a map, got " + SpecScalars.show(node));
            }
            Map<String, Object> map = new LinkedHashMap<>();
            for (String key : keys(node)) {
                map.put(key, bind(node.get(key), type.getActualTypeArguments()[1], join(path, key)));
            }
            return Collections.unmodifiableMap(map);
        }
        throw new IllegalStateException("description records have no components of type " + type);
    }

    private static Object bindArray(JsonNode node, Class<?> element, String path) {
        if (!node.isArray()) {
            throw new SpecException(path, "expected a list, got " + SpecScalars.show(node));
        }
        Object array = Array.newInstance(element, node.size());
        for (int i = 0; i < node.size(); i++) {
            Array.set(array, i, bind(node.get(i), element, join(path, Integer.toString(i))));
        }
        return array;
    }

    private static Shape bindShape(JsonNode node, String path) {
        try {
            return Shape.of((int[])
                    (node.isArray()
                            ? bindArray(node, int.class, path)
                            : new int[] {(int) bind(node, int.class, path)}));
        } catch (SpecException e) {
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SpecException(path, e.getMessage());
        }
    }

    // ---- one of several alternatives

    private static Object bindNamed(JsonNode node, Class<?> type, String path) {
        String name;
        JsonNode settings;
        if (node.isTextual()) {
            name = node.asText();
            settings = NullNode.getInstance();
        } else if (node.isObject() && node.size() == 1) {
            name = node.fieldNames().next();
            settings = node.get(name);
        } else {
            String got = node.isObject() && !node.isEmpty()
                    ? "the keys " + Excerpt.list(keys(node))
                    : SpecScalars.show(node);
            throw new SpecException(
                    path,
                    "expected " + SpecNames.aNoun(type) + ", written as a name or as a map with"
                            + " its name as the one key, got " + got);
        }
        Map<String, Object> alternatives = SpecNames.alternatives(type);
        Object alternative = alternatives.get(name);
        if (alternative == null) {
            throw new SpecException(
                    path,
                    "unknown " + SpecNames.noun(type) + " " + Excerpt.quoted(name) + "; "
                            + Nearest.hint(name, alternatives.keySet(), "names"));
        }
        String below = join(path, name);
        if (alternative instanceof Class<?> record) {
            return settings.isNull()
                    ? bindComponents(Map.of(), SpecRecord.of(record), below)
                    : bindSettings(settings, record, below);
        }
        if (!settings.isNull() && !(settings.isObject() && settings.isEmpty())) {
            throw new SpecException(below, "takes no settings, got " + SpecScalars.show(settings));
        }
        return alternative;
    }

    /** The settings of a named record: a map of its components, or a single value for the first of them. */
    private static Object bindSettings(JsonNode node, Class<?> type, String path) {
        SpecRecord record = SpecRecord.of(type);
        SpecRecord.Component first = record.first();
        if (type.isRecord() && isWrapper(type)) {
            return bind(node, type, path);
        }
        if (node.isObject() && !standsForFirst(node, record)) {
            return bindRecord(node, type, path);
        }
        if (first == null) {
            throw new SpecException(path, "takes no settings, got " + SpecScalars.show(node));
        }
        return bindComponents(Map.of(first.key(), node), record, path);
    }

    /** In {@code bidirectional: {lstm: ...}} the map is the first component, itself one of several alternatives. */
    private static boolean standsForFirst(JsonNode node, SpecRecord record) {
        if (node.size() != 1 || record.first() == null || !(record.first().type() instanceof Class<?> type)) {
            return false;
        }
        String key = node.fieldNames().next();
        return !record.components().containsKey(key)
                && SpecNames.isNamed(type)
                && SpecNames.alternatives(type).containsKey(key);
    }

    // ---- records

    private static Object bindRecord(JsonNode node, Class<?> type, String path) {
        if (!node.isObject()) {
            throw new SpecException(path, "expected " + expectation(type) + ", got " + SpecScalars.show(node));
        }
        SpecRecord record = SpecRecord.of(type);
        Map<String, JsonNode> given = new LinkedHashMap<>();
        for (String key : keys(node)) {
            if (!record.components().containsKey(key)) {
                throw new SpecException(
                        join(path, key), "unknown key; " + Nearest.hint(key, possibleKeys(node, record), "keys"));
            }
            given.put(key, node.get(key));
        }
        return bindComponents(given, record, path);
    }

    /** Its components; of a map with one key also the names that may stand for the first, see above. */
    private static List<String> possibleKeys(JsonNode node, SpecRecord record) {
        List<String> possible = new ArrayList<>(record.components().keySet());
        SpecRecord.Component first = record.first();
        if (node.size() == 1 && first != null && first.required() && first.type() instanceof Class<?> type) {
            possible.addAll(SpecNames.alternatives(type).keySet());
        }
        return possible;
    }

    private static Object bindComponents(Map<String, JsonNode> given, SpecRecord record, String path) {
        Map<String, Object> values = new HashMap<>();
        for (SpecRecord.Component component : record.components().values()) {
            JsonNode node = NullConstant.written(given.get(component.key()), component.raw());
            if (node != null && !node.isNull()) {
                values.put(component.key(), bind(node, component.type(), join(path, component.key())));
            } else if (component.required()) {
                throw new SpecException(
                        join(path, component.key()), "missing, expected " + expectation(component.raw()));
            }
        }
        return record.construct(values, path);
    }

    // ---- static factories marked with JsonCreator

    /** The factory that takes this kind of node, or null; a text factory takes any scalar that no other one takes. */
    private static @Nullable Method creatorFor(JsonNode node, Class<?> type) {
        Method text = null;
        Method map = null;
        for (Method method : type.getDeclaredMethods()) {
            if (!isCreator(method)) {
                continue;
            }
            Class<?> parameter = method.getParameterTypes()[0];
            if (parameter == String.class) {
                text = method;
            } else if (accepts(parameter, node) && (map == null || knows(parameter, node))) {
                map = method;
            }
        }
        if (map != null) {
            map.setAccessible(true);
            return map;
        }
        if (text == null || !node.isValueNode() || node.isNull()) {
            return null;
        }
        text.setAccessible(true);
        return text;
    }

    /** Of several kinds of maps, whether the first key is one of this kind's. */
    private static boolean knows(Class<?> parameter, JsonNode node) {
        return parameter.isRecord()
                && node.isObject()
                && !node.isEmpty()
                && SpecRecord.of(parameter)
                        .components()
                        .containsKey(node.fieldNames().next());
    }

    /** What else than a map of its keys a record's factories take, for messages. */
    private static List<String> writtenForms(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(SpecBinder::isCreator)
                .map(method -> method.getParameterTypes()[0])
                .filter(parameter -> SpecScalars.isScalar(parameter)
                        || parameter.isArray()
                        || List.of(List.class, Map.class).contains(parameter))
                .map(SpecBinder::expectation)
                .distinct()
                .sorted()
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static boolean isCreator(Method method) {
        return method.isAnnotationPresent(JsonCreator.class)
                && Modifier.isStatic(method.getModifiers())
                && method.getParameterCount() == 1;
    }

    /** Whether a record is written as its only component, by a factory that takes it, and so never as a map of it. */
    private static boolean isWrapper(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        return components.length == 1
                && Arrays.stream(type.getDeclaredMethods())
                        .filter(SpecBinder::isCreator)
                        .anyMatch(creator ->
                                creator.getGenericParameterTypes()[0].equals(components[0].getGenericType()));
    }

    private static boolean accepts(Class<?> parameter, JsonNode node) {
        if (SpecScalars.isScalar(parameter)) {
            return SpecScalars.fits(node, parameter);
        }
        if (parameter.isArray() || parameter == List.class || parameter == Shape.class) {
            return node.isArray();
        }
        return node.isObject();
    }

    private static Object create(Method creator, JsonNode node, String path) {
        Object argument = bind(node, creator.getGenericParameterTypes()[0], path);
        try {
            return creator.invoke(null, argument);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException failure) {
                throw new SpecException(path, failure.getMessage());
            }
            throw new IllegalStateException("cannot call " + creator, e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot call " + creator, e);
        }
    }

    // ---- messages

    private static List<String> keys(JsonNode node) {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static String expectation(Class<?> type) {
        if (SpecScalars.isScalar(type)) {
            return SpecScalars.expectation(type);
        }
        if (type.isArray() || type == List.class || type == Shape.class) {
            return "a list";
        }
        if (SpecNames.isNamed(type)) {
            return SpecNames.aNoun(type) + ", one of "
                    + String.join(", ", SpecNames.alternatives(type).keySet());
        }
        if (type.isRecord()) {
            List<String> known =
                    new ArrayList<>(SpecRecord.of(type).components().keySet());
            List<String> forms = writtenForms(type);
            if (!isWrapper(type)) {
                forms.add("a map with the keys " + String.join(", ", known));
            }
            return String.join(" or ", forms);
        }
        return "a map";
    }
}
