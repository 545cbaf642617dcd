package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The confusion matrix and what follows from it, for one true class among several: {@code confusion[t][p]} is the
 * weight of rows of class {@code t} predicted as {@code p}; {@code accuracy}; {@code precision}, {@code recall} and
 * {@code f1} a class and, as {@code macroF1}, the mean of the last. The predicted class is the one with the greatest
 * output, the first of equals; a single output is the logit of class 1 against class 0. Of two classes a threshold may
 * decide instead.
 *
 * @param classes how many classes
 */
public record ClassCounts(int classes) implements Metric {
    public ClassCounts {
        Expect.atLeast("classes", classes, 2);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(Math.multiplyExact(classes, classes));
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                int predicted = rows.decided(row, step);
                int label = (int) rows.target(row, step, 0);
                sum.add(label * classes + predicted, rows.weight(row));
            }
        }
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double[][] confusion = new double[classes][classes];
        double total = 0;
        double right = 0;
        for (int t = 0; t < classes; t++) {
            for (int p = 0; p < classes; p++) {
                confusion[t][p] = sum.get(t * classes + p);
                total += confusion[t][p];
            }
            right += confusion[t][t];
        }
        double[] precision = new double[classes];
        double[] recall = new double[classes];
        double[] f1 = new double[classes];
        double f1Sum = 0;
        for (int k = 0; k < classes; k++) {
            BinaryCounts counts = against(confusion, k);
            precision[k] = counts.precision();
            recall[k] = counts.recall();
            f1[k] = counts.f1();
            f1Sum += f1[k];
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("accuracy", right / total);
        figures.put("macroF1", f1Sum / classes);
        figures.put("precision", precision);
        figures.put("recall", recall);
        figures.put("f1", f1);
        figures.put("confusion", confusion);
        return figures;
    }

    /** One class against all others. */
    private BinaryCounts against(double[][] confusion, int k) {
        double falsePositive = 0;
        double falseNegative = 0;
        for (int other = 0; other < classes; other++) {
            if (other != k) {
                falsePositive += confusion[other][k];
                falseNegative += confusion[k][other];
            }
        }
        return new BinaryCounts(confusion[k][k], falsePositive, falseNegative);
    }
}
