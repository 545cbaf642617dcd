package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For several yes-or-no questions at once, from logits: {@code accuracy} over all of them; {@code precision},
 * {@code recall} and {@code f1} of each.
 *
 * @param labels how many questions
 */
public record LabelCounts(int labels) implements Metric {
    /** Outcomes in the order of true positive, false positive, false negative, true negative. */
    private static final int OUTCOMES = 4;

    public LabelCounts {
        Expect.atLeast("labels", labels, 1);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(Math.multiplyExact(labels, OUTCOMES));
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                for (int j = 0; j < labels; j++) {
                    boolean said = rows.output(row, step, j) >= 0;
                    boolean is = rows.target(row, step, j) >= 0.5f;
                    int outcome = (said ? 0 : 2) + (is ? 0 : 1);
                    sum.add(j * OUTCOMES + outcome, rows.weight(row));
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
        double right = 0;
        double total = 0;
        double[] precision = new double[labels];
        double[] recall = new double[labels];
        double[] f1 = new double[labels];
        for (int j = 0; j < labels; j++) {
            int at = j * OUTCOMES;
            BinaryCounts counts = new BinaryCounts(sum.get(at), sum.get(at + 1), sum.get(at + 2));
            precision[j] = counts.precision();
            recall[j] = counts.recall();
            f1[j] = counts.f1();
            right += sum.get(at) + sum.get(at + 3);
            total += sum.get(at) + sum.get(at + 1) + sum.get(at + 2) + sum.get(at + 3);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("accuracy", right / total);
        figures.put("precision", precision);
        figures.put("recall", recall);
        figures.put("f1", f1);
        return figures;
    }
}
