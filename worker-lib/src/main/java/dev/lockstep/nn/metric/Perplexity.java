package dev.lockstep.nn.metric;

import dev.lockstep.nn.kernel.Kernels;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code exp} of the weighted mean of {@code -log p(true class)}, the number of equally likely classes that would be as hard to
 * guess; and minus that mean as {@code logLikelihood}. From logits; unlike the loss it knows neither label smoothing nor class weights.
 */
public record Perplexity() implements Metric {

    @Override
    public MetricSum empty() {
        return new MetricSum(2);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        int width = rows.width();
        double[] logSumExp = new double[1];
        for (int row = 0; row < rows.rows(); row++) {
            for (int step = 0; step < rows.steps(row); step++) {
                int at = rows.outputAt(row, step);
                Kernels.get().softmax().logSumExp(1, width, rows.outputs().array(), at, width, logSumExp, 0);
                float own = rows.output(row, step, (int) rows.target(row, step, 0));
                sum.add(0, rows.weight(row) * (logSumExp[0] - own));
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
        double mean = sum.get(0) / sum.get(1);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("logLikelihood", -mean);
        figures.put("perplexity", StrictMath.exp(mean));
        return figures;
    }
}
