package dev.lockstep.spark.bench;

import dev.lockstep.spark.bench.BenchSync.Kind;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@link BenchSync} prints. */
final class SyncTable {
    /** The sizes for which bars are set. */
    private static final int SMALL = 100_000;

    private static final int LARGE = 10_000_000;

    /**
     * How all-reduce is to compare with another way.
     *
     * @param small at {@value #SMALL} parameters
     * @param large at {@value #LARGE} parameters
     */
    private record Bar(Kind other, double small, double large) {
        Optional<Double> at(int parameters) {
            return switch (parameters) {
                case SMALL -> Optional.of(small);
                case LARGE -> Optional.of(large);
                default -> Optional.empty();
            };
        }
    }

    private static final List<Bar> BARS = List.of(new Bar(Kind.TREE, 8, 4), new Bar(Kind.DRIVER, 6, 3));

    /** How much longer than bare transport the steps of all-reduce may take, at any size. */
    private static final double MOST_OVERHEAD = 1.3;

    private SyncTable() {}

    /** Prints all figures as Markdown. */
    static void print(PrintStream out, int ranks, List<Measured> all) {
        out.printf(Locale.ROOT, "%d ranks%n%n", ranks);
        out.println("| parameters | way | ms a step | all turns | compute | copy | wait |");
        out.println("| --- | --- | --- | --- | --- | --- | --- |");
        for (Measured measured : all) {
            out.printf(
                    Locale.ROOT,
                    "| %,d | %s | %.2f | %s | %s |%n",
                    measured.parameters(),
                    measured.kind().label(),
                    measured.millis(),
                    range(measured),
                    parts(measured));
        }
        out.println();
        all.stream()
                .filter(measured -> measured.kind() == Kind.ALLREDUCE)
                .forEach(allReduce -> compare(out, allReduce, all));
    }

    private static String range(Measured measured) {
        double[] millis =
                measured.costs().stream().mapToDouble(Way.Cost::millis).sorted().toArray();
        return String.format(Locale.ROOT, "%.2f to %.2f", millis[0], millis[millis.length - 1]);
    }

    private static String parts(Measured measured) {
        if (!measured.timed()) {
            return "| |";
        }
        return String.format(
                Locale.ROOT,
                "%.2f | %.2f | %.2f",
                measured.median(cost -> cost.times().computeNanos() / 1e6 / cost.steps()),
                measured.median(cost -> cost.times().copyNanos() / 1e6 / cost.steps()),
                measured.median(cost -> cost.times().waitNanos() / 1e6 / cost.steps()));
    }

    private static void compare(PrintStream out, Measured allReduce, List<Measured> all) {
        int parameters = allReduce.parameters();
        for (Measured other : all) {
            if (other.parameters() != parameters || other == allReduce) {
                continue;
            }
            if (other.kind() == Kind.BARE) {
                double ratio = allReduce.inStageMillis() / other.millis();
                out.printf(
                        Locale.ROOT,
                        "- %,d parameters: inside the stage all-reduce takes %.2f ms, %.2f x bare transport; bar: at"
                                + " most %.1f x: %s%n",
                        parameters,
                        allReduce.inStageMillis(),
                        ratio,
                        MOST_OVERHEAD,
                        verdict(ratio <= MOST_OVERHEAD));
            } else {
                double ratio = other.millis() / allReduce.millis();
                out.printf(
                        Locale.ROOT,
                        "- %,d parameters: all-reduce is %.1f x as fast as %s%s%n",
                        parameters,
                        ratio,
                        other.kind().label(),
                        bar(other.kind(), parameters)
                                .map(bar -> String.format(
                                        Locale.ROOT, "; bar: at least %.0f x: %s", bar, verdict(ratio >= bar)))
                                .orElse(""));
            }
        }
    }

    private static Optional<Double> bar(Kind other, int parameters) {
        return BARS.stream().filter(bar -> bar.other() == other).findFirst().flatMap(bar -> bar.at(parameters));
    }

    private static String verdict(boolean reached) {
        return reached ? "reached" : "missed";
    }

    /**
     * The same as {@link SyncPoint} reads it.
     *
     * @param link what the ranks talk over
     */
    static String csv(String link, List<Measured> all) {
        StringBuilder lines = new StringBuilder(SyncPoint.HEADER + "\n");
        for (Measured measured : all) {
            lines.append(String.format(
                    Locale.ROOT,
                    "%s,%d,%d,%d,%s,%.4f,%.4f%n",
                    link,
                    Runtime.getRuntime().availableProcessors(),
                    measured.parameters(),
                    measured.ranks(),
                    measured.kind().name().toLowerCase(Locale.ROOT),
                    measured.millis(),
                    measured.inStageMillis()));
        }
        return lines.toString();
    }
}
