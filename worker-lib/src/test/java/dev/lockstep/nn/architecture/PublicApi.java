package dev.lockstep.nn.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What programs call, and so what a release keeps: the public members of some classes, compared with a list in the
 * project. No earlier release is needed for that, and no repository.
 */
public final class PublicApi {
    /** With this property, the list must have everything that there is: before a release. */
    private static final boolean COMPLETE = Boolean.getBoolean("lockstep.api.complete");

    private static final Set<String> OF_OBJECTS = Set.of("equals", "hashCode", "toString");

    private PublicApi() {}

    /**
     * Compares classes with a list.
     *
     * @param list the file with a line for each member
     * @param made where the list as it should be is written
     */
    public static void assertKept(Set<Class<?>> classes, Path list, Path made) throws IOException {
        SortedSet<String> now = new TreeSet<>();
        classes.forEach(type -> describe(type, now));
        Files.createDirectories(made.getParent());
        Files.write(made, now);
        List<String> kept = Files.readAllLines(list);
        SortedSet<String> gone = new TreeSet<>(kept);
        gone.removeAll(now);
        assertThat(gone)
                .as(
                        "what %s lists is gone or changed, which breaks programs; if that is meant, CHANGELOG.md says"
                                + " so under Changed, and %s replaces the list",
                        list, made)
                .isEmpty();
        if (COMPLETE) {
            now.removeAll(kept);
            assertThat(now)
                    .as("what %s does not list yet; %s replaces it", list, made)
                    .isEmpty();
        }
    }

    private static void describe(Class<?> type, Set<String> lines) {
        if (!Modifier.isPublic(type.getModifiers())) {
            return;
        }
        lines.add(type.toGenericString().replace(" strictfp", ""));
        for (Constructor<?> constructor : type.getConstructors()) {
            // A record may get more components; programs call the constructors beside the canonical one.
            if (type.isRecord() && constructor.getParameterCount() == type.getRecordComponents().length) {
                continue;
            }
            lines.add(withoutThrows(constructor.toGenericString()));
        }
        for (Method method : type.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers())
                    && !method.isSynthetic()
                    && !OF_OBJECTS.contains(method.getName())) {
                lines.add(withoutThrows(method.toGenericString()));
            }
        }
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && !field.isSynthetic()) {
                lines.add(field.toGenericString());
            }
        }
        for (Class<?> inner : type.getDeclaredClasses()) {
            describe(inner, lines);
        }
    }

    private static String withoutThrows(String member) {
        int at = member.indexOf(" throws ");
        return at < 0 ? member : member.substring(0, at);
    }
}
