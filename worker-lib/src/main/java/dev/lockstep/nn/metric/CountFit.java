package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whether counts are where the predicted distributions say: {@code logLikelihood}, the weighted mean of the logarithm
 * of their probability a target (of a mixture that of the mean probability of its components), and {@code crps}, the
 * mean of the ranked probability score.
 *
 * @param outputs counts predicted in a step
 */
public record CountFit(int outputs) implements Metric {
    private static final int WEIGHT = 0;
    private static final int DENSITY = 1;
    private static final int RANKED = 2;

    public CountFit {
        Expect.atLeast("outputs", outputs, 1);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(RANKED + 1);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            double weight = rows.weight(row);
            for (int step = 0; step < rows.steps(row); step++) {
                for (int j = 0; j < outputs; j++) {
                    sum.add(WEIGHT, weight);
                    sum.add(DENSITY, weight * rows.logDensity(row, step, j));
                    sum.add(RANKED, weight * rows.rankedScore(row, step, j));
                }
            }
        }
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("logLikelihood", sum.get(DENSITY) / sum.get(WEIGHT));
        figures.put("crps", sum.get(RANKED) / sum.get(WEIGHT));
        return figures;
    }
}
