package dev.lockstep.nn.metric;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rows with the greatest losses, each loss divided by the row's weight, greatest first; of equal losses the earlier
 * row in canonical order. {@code worstLosses} are their losses; {@link #rows} has all of them.
 *
 * @param most how many rows are kept
 * @param targets numbers of a row's target
 * @param predictions numbers of a row's prediction
 * @param features features of a row; 0: they are not kept
 */
public record WorstRows(int most, int targets, int predictions, int features) implements Metric {
    /** Numbers that are kept at most; 2 MB. */
    private static final int MOST_NUMBERS = 1 << 18;

    private static final int LOSS = 0;
    private static final int STEPS = 1;
    private static final int TARGET = 2;

    public WorstRows {
        Expect.atLeast("most", most, 1);
    }

    /**
     * Some of the worst rows: fewer if rows are wide, and without their features if not even one of them is small
     * enough.
     *
     * @param most how many are wanted
     */
    public static WorstRows of(int most, Shape input, Shape target, Shape output) {
        int own = TARGET + target.size() + output.size();
        int features = (long) own + input.size() > MOST_NUMBERS ? 0 : input.size();
        return new WorstRows(
                Math.max(1, Math.min(most, MOST_NUMBERS / (own + features))), target.size(), output.size(), features);
    }

    /**
     * A row.
     *
     * @param loss its loss divided by its weight
     * @param steps how many steps its prediction has
     * @param target its target
     * @param prediction what was predicted: probabilities, means
     * @param features its features as the network saw them, scaled; empty where they are not kept
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Row(double loss, int steps, float[] target, float[] prediction, float[] features) {}

    private HighestRows highest() {
        return new HighestRows(most, TARGET + targets + predictions + features);
    }

    @Override
    public MetricSum empty() {
        return new MetricSum(0);
    }

    @Override
    public void add(MetricSum sum, MetricRows rows) {
        HighestRows highest = highest();
        for (int row = 0; row < rows.rows(); row++) {
            double weight = rows.known().weight()[row];
            // A row without weight, as one whose steps are all masked, has no loss.
            int at = weight > 0 ? highest.place(sum, rows.known().loss()[row] / weight) : -1;
            if (at >= 0) {
                sum.set(at + STEPS, rows.steps(row));
                int next = put(sum, at + TARGET, rows.targets(), row, targets);
                next = put(sum, next, rows.predictions(), row, predictions);
                if (features > 0) {
                    put(sum, next, rows.known().batch().features(), row, features);
                }
            }
        }
    }

    private static int put(MetricSum sum, int at, Tensor values, int row, int length) {
        for (int i = 0; i < length; i++) {
            sum.set(at + i, values.array()[values.rowOffset(row) + i]);
        }
        return at + length;
    }

    @Override
    public void merge(MetricSum left, MetricSum right) {
        highest().merge(left, right);
    }

    /** The rows of a sum, the worst first. */
    public List<Row> rows(MetricSum sum) {
        List<Row> rows = new ArrayList<>();
        int fields = highest().fields();
        for (int at = 0; at < sum.size(); at += fields) {
            int prediction = at + TARGET + targets;
            rows.add(new Row(
                    sum.get(at + LOSS),
                    (int) sum.get(at + STEPS),
                    floats(sum, at + TARGET, targets),
                    floats(sum, prediction, predictions),
                    floats(sum, prediction + predictions, features)));
        }
        return rows;
    }

    private static float[] floats(MetricSum sum, int at, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) sum.get(at + i);
        }
        return values;
    }

    @Override
    public Map<String, Object> figures(MetricSum sum) {
        return Map.of("worstLosses", rows(sum).stream().mapToDouble(Row::loss).toArray());
    }
}
