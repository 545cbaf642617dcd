package dev.lockstep.nn.metric;

import java.io.Serializable;
import java.util.Map;

/**
 * A figure, or several, of how well outputs match targets, computed from sums that shards make on their own and that
 * merge along the shard tree: with {@link #merge} and {@link #empty} the sums are a monoid, and their bits depend on
 * the rows alone.
 */
public sealed interface Metric extends Serializable
        permits ClassCounts,
                LabelCounts,
                TopAccuracy,
                RocAuc,
                Perplexity,
                RegressionErrors,
                Calibration,
                GaussianFit,
                CountFit,
                QuantileFit,
                SoftClasses,
                HeadMetric,
                TemperatureGrid,
                ThresholdGrid,
                WorstRows,
                TargetSample {

    /** The sum over no rows. */
    MetricSum empty();

    /**
     * Adds the rows of a pass, in order.
     *
     * @param sum updated
     * @param rows read
     */
    void add(MetricSum sum, MetricRows rows);

    /**
     * Both together.
     *
     * @param left the lower shards; updated
     * @param right read
     */
    void merge(MetricSum left, MetricSum right);

    /** The figures of a sum by name: numbers, or arrays of them, such as one a class or output. */
    Map<String, Object> figures(MetricSum sum);
}
