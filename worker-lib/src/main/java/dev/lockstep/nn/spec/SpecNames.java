package dev.lockstep.nn.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Which names stand for what: the alternatives of a sealed interface, the constants of an enumeration. */
final class SpecNames {
    private SpecNames() {}

    /** Whether values of this type are written as a name or a map with the name as its one key. */
    static boolean isNamed(Class<?> type) {
        return type.isAnnotationPresent(SpecName.class)
                || type.isSealed() && !alternatives(type).isEmpty();
    }

    /**
     * Name to alternative, in the order of the {@code permits} clause: a record class, or a constant where an
     * enumeration implements the interface.
     */
    static Map<String, Object> alternatives(Class<?> type) {
        Map<String, Object> found = new LinkedHashMap<>();
        collect(type, found);
        return found;
    }

    private static void collect(Class<?> type, Map<String, Object> found) {
        SpecName name = type.getAnnotation(SpecName.class);
        if (name != null) {
            put(found, name.value(), type);
        } else if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                put(found, constantName((Enum<?>) constant), constant);
            }
        } else if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, found);
            }
        }
    }

    private static void put(Map<String, Object> found, String name, Object alternative) {
        Object earlier = found.put(name, alternative);
        if (earlier != null) {
            throw new IllegalStateException("the name " + name + " stands for both " + earlier + " and " + alternative);
        }
    }

    /** What one alternative is called in messages: {@code LayerSpec} is a layer. */
    static String noun(Class<?> type) {
        String simple = type.getSimpleName();
        String stem = simple.endsWith("Spec") ? simple.substring(0, simple.length() - 4) : simple;
        return stem.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }

    /** The noun with its article. */
    static String aNoun(Class<?> type) {
        String noun = noun(type);
        return ("aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ") + noun;
    }

    /** {@code VALIDATION_LOSS} is written {@code validationLoss}, unless {@link JsonProperty} says otherwise. */
    static String constantName(Enum<?> constant) {
        try {
            JsonProperty renamed =
                    constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class);
            if (renamed != null && !renamed.value().isEmpty()) {
                return renamed.value();
            }
        } catch (NoSuchFieldException e) {
            throw new AssertionError("an enumeration has a field for each constant", e);
        }
        String[] words = constant.name().toLowerCase(Locale.ROOT).split("_");
        StringBuilder name = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            name.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
        }
        return name.toString();
    }
}
