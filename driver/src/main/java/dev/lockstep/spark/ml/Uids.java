package dev.lockstep.spark.ml;

import org.apache.spark.ml.util.Identifiable$;
import org.jspecify.annotations.Nullable;

/**
 * The uid of a stage while it is constructed: the constructors of Spark's base classes ask for it before one written in
 * Java can set a field.
 */
final class Uids {
    private static final ThreadLocal<@Nullable String> ANNOUNCED = new ThreadLocal<>();

    private Uids() {}

    /** Says that something was announced before the constructor of a base class runs. */
    enum Announced {
        /** A uid, or that there is none. */
        DONE
    }

    /** The stage that this thread constructs next gets this uid; a random one if it is null. */
    static Announced announce(@Nullable String uid) {
        ANNOUNCED.set(uid);
        return Announced.DONE;
    }

    /** The uid that has been announced; a random one if there is none. */
    static String take(String prefix) {
        String announced = ANNOUNCED.get();
        ANNOUNCED.remove();
        return announced == null ? Identifiable$.MODULE$.randomUID(prefix) : announced;
    }
}
