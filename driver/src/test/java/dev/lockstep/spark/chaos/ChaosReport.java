package dev.lockstep.spark.chaos;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** What a person reads: a line for whatever happens, and in the end how often each kind of thing did. */
final class ChaosReport {
    private final PrintStream out;
    private final LongSupplier clock;
    private final long start;
    private final Map<String, Integer> faults = new TreeMap<>();
    private final Map<String, Integer> seen = new TreeMap<>();
    private int runs;
    private int differing;

    /**
     * A report that begins now.
     *
     * @param clock the time in nanoseconds, from any origin
     */
    ChaosReport(PrintStream out, LongSupplier clock) {
        this.out = out;
        this.clock = clock;
        this.start = clock.getAsLong();
    }

    /** Prints a line, with the time since the beginning. */
    void tell(String line) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong() - start);
        out.println(String.format(Locale.ROOT, "[%4d s] %s", seconds, line));
    }

    /** Counts a fault that was injected. */
    void fault(String kind) {
        faults.merge(kind, 1, Integer::sum);
    }

    /** Counts what was seen of the faults' consequences. */
    void seen(String kind, int count) {
        seen.merge(kind, count, Integer::sum);
    }

    /** Counts what the drivers' own words tell. */
    void seenInLogs(List<String> lines) {
        seen("resumed from a checkpoint", count(lines, "resuming from a checkpoint"));
        seen("damaged checkpoint skipped", count(lines, "note: .*resuming from the checkpoint of step"));
    }

    private static int count(List<String> lines, String pattern) {
        Pattern beginning = Pattern.compile(pattern);
        return (int) lines.stream()
                .filter(line -> beginning.matcher(line).lookingAt())
                .count();
    }

    /** Counts a run that came to its end. */
    void run(boolean sameBits) {
        runs++;
        differing += sameBits ? 0 : 1;
    }

    /** Whether there were runs, and all had the bits of the undisturbed ones. */
    boolean isGood() {
        return runs > 0 && differing == 0;
    }

    /** Prints the counts. */
    void summarise(ChaosOptions options) {
        out.println();
        out.println("seed " + options.seedText() + ", " + options.minutes() + " minutes, jobs " + options.jobNames()
                + ": " + runs + " runs, " + differing + " with another sha256");
        print(faults);
        out.println("seen in the logs");
        print(seen);
    }

    private void print(Map<String, Integer> counts) {
        counts.forEach((kind, count) -> out.println(String.format(Locale.ROOT, "  %4d  %s", count, kind)));
    }
}
