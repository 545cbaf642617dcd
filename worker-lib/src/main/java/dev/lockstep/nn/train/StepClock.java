package dev.lockstep.nn.train;

/** Measures where the time of one thread's steps goes. */
final class StepClock {
    /** By phase. */
    private final long[] nanos = new long[Phase.values().length];

    /** Volatile, as is the time: others look at them to see whether the thread gets on. */
    private volatile Phase phase;

    private volatile long since;

    /** What a rank may be doing; see {@link StepTimes}. */
    enum Phase {
        COMPUTE,
        COPY,
        WAIT
    }

    /** A clock that begins to run in the phase {@link Phase#COMPUTE}. */
    StepClock() {
        phase = Phase.COMPUTE;
        since = System.nanoTime();
    }

    /**
     * From now on the thread does something else.
     *
     * @return what it did before, to be gone back to
     */
    Phase enter(Phase next) {
        Phase before = phase;
        long now = System.nanoTime();
        nanos[before.ordinal()] += now - since;
        phase = next;
        since = now;
        return before;
    }

    /** Whether the thread waits for others now. */
    boolean waits() {
        return phase == Phase.WAIT;
    }

    /** When the thread turned to what it does now; by {@link System#nanoTime}. */
    long since() {
        return since;
    }

    /** Where the time has gone until now. */
    StepTimes times() {
        enter(phase);
        return new StepTimes(nanos[Phase.COMPUTE.ordinal()], nanos[Phase.COPY.ordinal()], nanos[Phase.WAIT.ordinal()]);
    }
}
