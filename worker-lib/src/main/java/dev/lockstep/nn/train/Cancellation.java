package dev.lockstep.nn.train;

/** Tells waiting code that its work is no longer needed. They ask from time to time. */
@FunctionalInterface
public interface Cancellation {
    /** Work that is always needed. */
    Cancellation NEVER = () -> {};

    /** Throws if the work has been cancelled. */
    void check();
}
