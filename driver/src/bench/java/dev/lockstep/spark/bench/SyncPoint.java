package dev.lockstep.spark.bench;

import dev.lockstep.spark.bench.BenchSync.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One measurement of {@link BenchSync}.
 *
 * @param link {@code loopback}, or what the link between machines carries, in Gbit/s
 * @param cores cores that the ranks shared
 * @param parameters how many parameters
 * @param ranks how many ranks
 * @param way how they agreed
 * @param millis milliseconds a step
 * @param inStageMillis the same as the ranks saw it
 */
record SyncPoint(String link, int cores, long parameters, int ranks, Kind way, double millis, double inStageMillis) {
    /** The link within one machine. */
    static final String LOOPBACK = "loopback";

    /** The names of the columns. */
    static final String HEADER = "link,cores,parameters,ranks,way,millis,inStageMillis";

    private static final double BITS = 8e-9;

    /** Reads a file of comma-separated values whose first line is {@link #HEADER}. */
    static List<SyncPoint> read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new IllegalArgumentException(file + ": expected the first line to be " + HEADER);
        }
        return lines.stream().skip(1).map(SyncPoint::parse).toList();
    }

    private static SyncPoint parse(String line) {
        String[] fields = line.split(",");
        return new SyncPoint(
                fields[0],
                Integer.parseInt(fields[1]),
                Long.parseLong(fields[2]),
                Integer.parseInt(fields[3]),
                Kind.valueOf(fields[4].toUpperCase(Locale.ROOT)),
                Double.parseDouble(fields[5]),
                Double.parseDouble(fields[6]));
    }

    /** Whether the link is slower than the machine. */
    boolean shaped() {
        return !link.equals(LOOPBACK);
    }

    /** What the link carries in each direction. */
    double bytesPerSecond() {
        return shaped() ? Double.parseDouble(link) / BITS : Double.POSITIVE_INFINITY;
    }

    /** How many ranks share a core; at least 1. */
    double ranksPerCore() {
        return Math.max(1, (double) ranks / cores);
    }

    /**
     * Seconds a step; of all-reduce those inside the stage, since a round's beginning and end are spread over more or
     * fewer steps.
     */
    double seconds() {
        return (way == Kind.ALLREDUCE ? inStageMillis : millis) / 1e3;
    }

    /** Where it was measured. */
    CostModel.Cluster cluster() {
        return new CostModel.Cluster(ranks, ranksPerCore(), bytesPerSecond());
    }
}
