package dev.lockstep.nn;

import java.util.ArrayList;
import java.util.List;

/** The kinds of a sealed interface, for tables of tests that must be complete. */
public final class Kinds {
    private Kinds() {}

    /** All classes that a sealed interface permits, through other sealed interfaces too. */
    public static List<Class<?>> of(Class<?> sealed) {
        List<Class<?>> kinds = new ArrayList<>();
        for (Class<?> kind : sealed.getPermittedSubclasses()) {
            kinds.addAll(kind.isSealed() ? of(kind) : List.of(kind));
        }
        return kinds;
    }
}
