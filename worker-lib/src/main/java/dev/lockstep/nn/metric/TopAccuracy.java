package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.Map;

/**
 * Weighted share of rows whose class is among the {@code k} with the greatest outputs; of equal outputs the lower class
 * comes first.
 *
 * @param k how many classes may be named
 */
public record TopAccuracy(int k) implements Metric {
    public TopAccuracy {
        Expect.atLeast("k", k, 1);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(2);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                int label = (int) rows.target(row, step, 0);
                float own = rows.output(row, step, label);
                int before = 0;
                for (int other = 0; other < rows.width(); other++) {
                    float output = rows.output(row, step, other);
                    before += output > own || output == own && other < label ? 1 : 0;
                }
                sum.add(0, before < k ? rows.weight(row) : 0);
                sum.add(1, rows.weight(row));
            }
        }
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        return Map.of("top" + k + "Accuracy", sum.get(0) / sum.get(1));
    }
}
