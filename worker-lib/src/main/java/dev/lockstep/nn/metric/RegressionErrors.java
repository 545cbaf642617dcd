package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Errors of predicted numbers: {@code rmse} and {@code mae} over all outputs, and {@code r2}, the mean over the outputs
 * of {@code 1 - sum (y - t)^2 / sum (t - mean t)^2}, NaN where a target never varies. The targets' spread is summed up
 * by updating a mean (West 1979) and merged as by Chan et al. (1979).
 *
 * @param outputs numbers predicted in a step; the first ones, where a network gives more
 */
public record RegressionErrors(int outputs) implements Metric {
    private static final int WEIGHT = 0;
    private static final int MEAN = 1;
    private static final int SPREAD = 2;
    private static final int SQUARES = 3;
    private static final int DISTANCES = 4;
    private static final int FIELDS = 5;

    public RegressionErrors {
        Expect.atLeast("outputs", outputs, 1);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(Math.multiplyExact(outputs, FIELDS));
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        for (int row = 0; row < rows.rows(); row++) {
            double weight = rows.weight(row);
            for (int step = 0; step < rows.steps(row); step++) {
                for (int j = 0; j < outputs; j++) {
                    int at = j * FIELDS;
                    double target = rows.target(row, step, j);
                    double error = rows.prediction(row, step, j) - target;
                    double total = sum.get(at + WEIGHT) + weight;
                    double distance = target - sum.get(at + MEAN);
                    double mean = sum.get(at + MEAN) + distance * weight / total;
                    sum.set(at + WEIGHT, total);
                    sum.set(at + MEAN, mean);
                    sum.add(at + SPREAD, weight * distance * (target - mean));
                    sum.add(at + SQUARES, weight * error * error);
                    sum.add(at + DISTANCES, weight * Math.abs(error));
                }
            }
        }
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        for (int at = 0; at < outputs * FIELDS; at += FIELDS) {
            double wb = right.get(at + WEIGHT);
            double total = left.get(at + WEIGHT) + wb;
            if (wb == 0) {
                continue;
            }
            double distance = right.get(at + MEAN) - left.get(at + MEAN);
            left.add(at + SPREAD, right.get(at + SPREAD) + distance * distance * left.get(at + WEIGHT) * wb / total);
            left.add(at + MEAN, distance * wb / total);
            left.set(at + WEIGHT, total);
            left.add(at + SQUARES, right.get(at + SQUARES));
            left.add(at + DISTANCES, right.get(at + DISTANCES));
        }
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double squares = 0;
        double distances = 0;
        double explained = 0;
        for (int at = 0; at < outputs * FIELDS; at += FIELDS) {
            squares += sum.get(at + SQUARES) / sum.get(at + WEIGHT);
            distances += sum.get(at + DISTANCES) / sum.get(at + WEIGHT);
            explained += sum.get(at + SPREAD) == 0 ? Double.NaN : 1 - sum.get(at + SQUARES) / sum.get(at + SPREAD);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("rmse", Math.sqrt(squares / outputs));
        figures.put("mae", distances / outputs);
        figures.put("r2", explained / outputs);
        return figures;
    }
}
