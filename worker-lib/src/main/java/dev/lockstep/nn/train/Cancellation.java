package dev.lockstep.nn.train;

/** How those who wait learn that nobody needs their work any more. They ask from time to time. */
@FunctionalInterface
public interface Cancellation {
    /** Work that is always needed. */
    Cancellation NEVER = () -> {};

    /** Throws if the work has been cancelled. */
    void check();
}
