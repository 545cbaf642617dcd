package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import java.util.Map;

/**
 * A sample of the rows with their targets and what was predicted for them, to be drawn: those whose features have the
 * least hashes, so that it follows from the rows alone and merges. {@code targetSample} has a row of numbers for each:
 * the targets, then the predictions.
 *
 * @param most how many rows are kept
 * @param outputs numbers predicted for a row; the first ones, where a network gives more
 */
public record TargetSample(int most, int outputs) implements Metric {
    /** Hashes are compared as doubles, which hold so many bits. */
    private static final int DROPPED_BITS = Long.SIZE - 53;

    public TargetSample {
        Expect.atLeast("most", most, 1);
        Expect.atLeast("outputs", outputs, 1);
    }

    private HighestRows least() {
        return new HighestRows(most, 1 + 2 * outputs);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(0);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        HighestRows least = least();
        for (int row = 0; row < rows.rows(); row++) {
            double hash = rows.known().batch().keys()[row] >>> DROPPED_BITS;
            int at = least.place(sum, -hash);
            for (int j = 0; at >= 0 && j < outputs; j++) {
                sum.set(at + 1 + j, rows.target(row, 0, j));
                sum.set(at + 1 + outputs + j, rows.prediction(row, 0, j));
            }
        }
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        least().merge(left, right);
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        double[][] sample = new double[least().count(sum)][2 * outputs];
        for (int row = 0; row < sample.length; row++) {
            for (int i = 0; i < 2 * outputs; i++) {
                sample[row][i] = sum.get(row * least().fields() + 1 + i);
            }
        }
        return Map.of("targetSample", sample);
    }
}
