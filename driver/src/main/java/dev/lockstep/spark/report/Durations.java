package dev.lockstep.spark.report;

import java.util.Locale;

/** Times as a person reads them. */
final class Durations {
    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;

    private Durations() {}

    /** {@code 4.5 s}, {@code 3m 20s}, {@code 2h 05m}. */
    static String of(double seconds) {
        if (seconds < MINUTE - 0.05) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < HOUR
                ? String.format(Locale.ROOT, "%dm %02ds", whole / MINUTE, whole % MINUTE)
                : String.format(Locale.ROOT, "%dh %02dm", whole / HOUR, whole % HOUR / MINUTE);
    }
}
