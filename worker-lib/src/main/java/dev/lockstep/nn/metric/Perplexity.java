package dev.lockstep.nn.metric;

import dev.lockstep.nn.kernel.Kernels;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code exp} of the weighted mean of {@code -log p(true class)}, the number of equally likely classes that would be as
 * hard to guess; and minus that mean as {@code logLikelihood}. From logits; unlike the loss it knows neither label
 * smoothing nor class weights.
 *
 * @param binary whether each output is the logit of a yes-or-no question of its own, its target from 0 to 1, the
 *     probability of yes; each question counts like a row
 */
public record Perplexity(boolean binary) implements Metric {

    @Override
    public MetricSum empty() {
        return new MetricSum(2);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                if (binary) {
                    addQuestions(sum, rows, row, step);
                } else {
                    addClass(sum, rows, row, step);
                }
            }
        }
    }

    private static void addClass(MetricSum sum, MetricRows rows, int row, int step) {
        double logSumExp =
                Kernels.get().softmax().logSumExp(rows.outputs().array(), rows.outputAt(row, step), rows.width());
        float own = rows.output(row, step, (int) rows.target(row, step, 0));
        sum.add(0, rows.weight(row) * (logSumExp - own));
        sum.add(1, rows.weight(row));
    }

    /** {@code -t log p - (1 - t) log(1 - p) = max(z, 0) - z t + log(1 + exp(-|z|))}. */
    private static void addQuestions(MetricSum sum, MetricRows rows, int row, int step) {
        for (int j = 0; j < rows.width(); j++) {
            double z = rows.output(row, step, j);
            double surprise =
                    Math.max(z, 0) - z * rows.target(row, step, j) + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
            sum.add(0, rows.weight(row) * surprise);
            sum.add(1, rows.weight(row));
        }
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        left.addAll(right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double mean = sum.get(0) / sum.get(1);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("logLikelihood", -mean);
        figures.put("perplexity", StrictMath.exp(mean));
        return figures;
    }
}
