package dev.lockstep.spark.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What has been measured of one way.
 *
 * @param kind which way
 * @param parameters how many parameters were asked for
 * @param ranks how many ranks there were
 * @param costs one entry a turn
 */
record Measured(BenchSync.Kind kind, int parameters, int ranks, List<Way.Cost> costs) {

    Measured(BenchSync.Kind kind, int parameters, int ranks) {
        this(kind, parameters, ranks, new ArrayList<>());
    }

    /** The median of a figure over the turns. */
    double median(ToDoubleFunction<Way.Cost> figure) {
        double[] sorted = costs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Milliseconds a step. */
    double millis() {
        return median(Way.Cost::millis);
    }

    /** Whether ranks measure themselves where the time goes. */
    boolean timed() {
        return costs.get(0).times() != null;
    }

    /** Milliseconds a step in the ranks' own measure; of the whole step where they do not measure. */
    double inStageMillis() {
        return timed() ? median(Way.Cost::inStageMillis) : millis();
    }
}
