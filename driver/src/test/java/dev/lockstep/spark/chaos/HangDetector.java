package dev.lockstep.spark.chaos;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Tells that something which shows signs of life has shown no new one for too long. */
final class HangDetector {
    private final long limitNanos;
    private final LongSupplier clock;
    private long lastSign;
    private long lastChange;

    /**
     * A detector whose time begins now.
     *
     * @param limit how long the sign may stay as it is
     * @param clock the time in nanoseconds, from any origin
     */
    HangDetector(Duration limit, LongSupplier clock) {
        this.limitNanos = limit.toNanos();
        this.clock = clock;
        this.lastChange = clock.getAsLong();
    }

    /**
     * Takes in the newest sign of life.
     *
     * @param sign differs from the one before if there has been life between the two; 0 before the first
     * @return whether it has stayed as it is for the whole limit
     */
    boolean hangs(long sign) {
        long now = clock.getAsLong();
        if (sign != lastSign) {
            lastSign = sign;
            lastChange = now;
        }
        return now - lastChange >= limitNanos;
    }
}
