package dev.lockstep.nn.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first thing that went wrong in a round, for all who take part in it in this JVM. */
final class RoundFailure {
    private final List<Runnable> listeners = new ArrayList<>();
    private volatile @Nullable Throwable cause;

    /** Adds a listener for a failure; before the round begins. */
    void onFailure(Runnable listener) {
        listeners.add(listener);
    }

    /** The round has failed; only the first cause is kept. */
    void fail(Throwable failure) {
        synchronized (this) {
            if (cause == null) {
                cause = failure;
            }
        }
        listeners.forEach(Runnable::run);
    }

    /** The first cause; null if all is well. */
    @Nullable
    Throwable cause() {
        return cause;
    }

    boolean happened() {
        return cause != null;
    }

    /** Throws if the round has failed. */
    void check() {
        Throwable failed = cause;
        if (failed != null) {
            throw new PeerFailureException("another rank of the round failed: " + failed.getMessage(), failed);
        }
    }
}
