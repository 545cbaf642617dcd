package dev.lockstep.spark.ml;

import java.lang.reflect.Method;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether Spark asks for a model on the local disk of this JVM, whatever its default file system is: a server of Spark
 * Connect moves models there that it has no memory for. Spark before 4.1 never does.
 */
final class LocalSaving {
    private static final @Nullable Method STATE = state();

    private LocalSaving() {}

    private static @Nullable Method state() {
        try {
            return Class.forName("org.apache.spark.ml.util.ReadWriteUtils").getMethod("localSavingModeState");
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** The path as it is meant now: a local one with its scheme, if Spark asks for that. */
    static String place(String path) {
        return isAsked() ? Path.of(path).toUri().toString() : path;
    }

    private static boolean isAsked() {
        if (STATE == null) {
            return false;
        }
        try {
            return STATE.invoke(null) instanceof ThreadLocal<?> state && Boolean.TRUE.equals(state.get());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Spark's state of saving cannot be read", e);
        }
    }
}
