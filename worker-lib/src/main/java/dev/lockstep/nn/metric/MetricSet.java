package dev.lockstep.nn.metric;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several metrics that are computed in one go; sums are lists with one a metric.
 *
 * @param metrics the metrics, no two of which have a figure of the same name
 */
public record MetricSet(List<Metric> metrics) implements Serializable {
    public MetricSet {
        metrics = List.copyOf(metrics);
    }

    /** The sums over no rows. */
    public List<MetricSum> empty() {
        return metrics.stream().map(Metric::empty).toList();
    }

    /** Adds the rows of a pass to each sum. */
    public void add(List<MetricSum> sums, MetricRows rows) {
        for (int i = 0; i < metrics.size(); i++) {
            metrics.get(i).add(sums.get(i), rows);
        }
    }

    /** Both together, in the left one's sums. */
    public List<MetricSum> merge(List<MetricSum> left, List<MetricSum> right) {
        for (int i = 0; i < metrics.size(); i++) {
            metrics.get(i).merge(left.get(i), right.get(i));
        }
        return left;
    }

    /** All figures by name. */
    public Map<String, Object> figures(List<MetricSum> sums) {
        Map<String, Object> figures = new LinkedHashMap<>();
        for (int i = 0; i < metrics.size(); i++) {
            metrics.get(i).figures(sums.get(i)).forEach((name, figure) -> {
                if (figures.put(name, figure) != null) {
                    throw new IllegalStateException("two metrics have a figure " + name);
                }
            });
        }
        return figures;
    }

    /** The sums as one array, each with its length before it. */
    public static double[] encode(List<MetricSum> sums) {
        int length = 0;
        for (MetricSum sum : sums) {
            length = Math.addExact(length, Math.addExact(1, sum.size()));
        }
        double[] encoded = new double[length];
        int at = 0;
        for (MetricSum sum : sums) {
            encoded[at++] = sum.size();
            System.arraycopy(sum.toArray(), 0, encoded, at, sum.size());
            at += sum.size();
        }
        return encoded;
    }

    /** The sums that {@link #encode} made an array of. */
    public static List<MetricSum> decode(double[] encoded) {
        List<MetricSum> sums = new ArrayList<>();
        int at = 0;
        while (at < encoded.length) {
            int size = (int) encoded[at++];
            double[] values = new double[size];
            System.arraycopy(encoded, at, values, 0, size);
            sums.add(MetricSum.of(values));
            at += size;
        }
        return sums;
    }
}
