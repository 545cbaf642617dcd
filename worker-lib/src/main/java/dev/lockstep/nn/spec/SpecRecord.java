package dev.lockstep.nn.spec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record class seen as a map of keys: how the binder makes one and the writer reads one. */
final class SpecRecord {

    /** One component: its key, its type, whether it must be given. */
    record Component(String key, Type type, Class<?> raw, boolean required, Method accessor) {}

    private final Class<?> type;
    private final Map<String, Component> components = new LinkedHashMap<>();
    private final Constructor<?> constructor;

    private SpecRecord(Class<?> type) {
        this.type = type;
        List<Class<?>> raw = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            JsonProperty property = accessor.getAnnotation(JsonProperty.class);
            String key = property == null || property.value().isEmpty() ? component.getName() : property.value();
            boolean required = property != null && property.required();
            components.put(
                    key, new Component(key, component.getGenericType(), component.getType(), required, accessor));
            raw.add(component.getType());
        }
        try {
            constructor = type.getDeclaredConstructor(raw.toArray(Class<?>[]::new));
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new AssertionError("a record has its canonical constructor", e);
        }
    }

    static SpecRecord of(Class<?> type) {
        return new SpecRecord(type);
    }

    /** Key to component, in the order of declaration. */
    Map<String, Component> components() {
        return components;
    }

    /** The component for which a single value stands; null if there is no component. */
    @Nullable
    Component first() {
        return components.isEmpty() ? null : components.values().iterator().next();
    }

    /**
     * Calls the canonical constructor, whose checks and defaults apply.
     *
     * @param values key to value; a key that is absent is null, 0 or false to the constructor
     * @param path where the record stands, for the message of a failed check
     */
    Object construct(Map<String, Object> values, String path) {
        Object[] arguments = new Object[components.size()];
        int i = 0;
        for (Component component : components.values()) {
            Object value = values.get(component.key());
            arguments[i++] = value == null && component.raw().isPrimitive() ? zero(component.raw()) : value;
        }
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException failure) {
                throw located(failure, path);
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("cannot make a " + type.getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }

    /** A message that begins with a component ({@code units: expected ...}) belongs to that component's path. */
    private SpecException located(IllegalArgumentException failure, String path) {
        String message = String.valueOf(failure.getMessage());
        int colon = message.indexOf(": ");
        if (colon > 0) {
            String head = message.substring(0, colon);
            int dot = head.indexOf('.');
            if (components.containsKey(dot < 0 ? head : head.substring(0, dot))) {
                return withCause(new SpecException(SpecBinder.join(path, head), message.substring(colon + 2)), failure);
            }
        }
        return withCause(new SpecException(path, message), failure);
    }

    private static SpecException withCause(SpecException exception, Throwable cause) {
        exception.initCause(cause);
        return exception;
    }

    private static Object zero(Class<?> primitive) {
        if (primitive == boolean.class) {
            return false;
        }
        if (primitive == int.class) {
            return 0;
        }
        if (primitive == long.class) {
            return 0L;
        }
        if (primitive == float.class) {
            return 0f;
        }
        if (primitive == double.class) {
            return 0d;
        }
        throw new IllegalStateException("description records have no components of type " + primitive);
    }
}
