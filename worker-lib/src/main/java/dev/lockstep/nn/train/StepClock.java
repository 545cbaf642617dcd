package dev.lockstep.nn.train;

import java.util.EnumMap;
import java.util.Map;

/** Measures where the time of one thread's steps goes. */
final class StepClock {
    private final Map<Phase, long[]> nanos = new EnumMap<>(Phase.class);
    private Phase phase;
    private long since;

    /** What a rank may be doing; see {@link StepTimes}. */
    enum Phase {
        COMPUTE,
        COPY,
        WAIT
    }

    /** A clock that begins to run in the phase {@link Phase#COMPUTE}. */
    StepClock() {
        for (Phase each : Phase.values()) {
            nanos.put(each, new long[1]);
        }
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
        nanos.get(before)[0] += now - since;
        phase = next;
        since = now;
        return before;
    }

    /** Where the time has gone until now. */
    StepTimes times() {
        enter(phase);
        return new StepTimes(nanos.get(Phase.COMPUTE)[0], nanos.get(Phase.COPY)[0], nanos.get(Phase.WAIT)[0]);
    }
}
