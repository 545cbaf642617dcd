package dev.lockstep.nn.metric;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The results of a pass outside training. For outputs {@code [steps, width]} each valid step counts like a row.
 *
 * @param rows how many rows there are
 * @param targets of the rows
 * @param weights of the rows
 * @param lengths valid steps of each row of the outputs; null: all
 * @param outputs the network's outputs before the loss's link: logits
 * @param predictions after it: probabilities, means
 * @param densities the distributions of numbers whose noise is known; null: there are none
 * @param threshold the probability from which on the second of two classes is predicted; one half: the more probable
 *     one
 * @param heads the same of each head, where the network has several; empty: it has not
 * @param pass what else is known of the rows, for metrics that keep some of them; null: nothing
 */
public record MetricRows(
        int rows,
        Tensor targets,
        float[] weights,
        int @Nullable [] lengths,
        Tensor outputs,
        Tensor predictions,
        @Nullable Densities densities,
        double threshold,
        List<MetricRows> heads,
        @Nullable Pass pass) {
    /**
     * The rows themselves, and what they lost, one number a row.
     *
     * @param batch features and keys
     * @param loss weighted losses
     * @param weight what they were multiplied with
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Pass(Batch batch, double[] loss, double[] weight) {}

    private static final double EVEN = 0.5;

    /** Rows of which no more is known. */
    public MetricRows(
            int rows,
            Tensor targets,
            float[] weights,
            int @Nullable [] lengths,
            Tensor outputs,
            Tensor predictions,
            @Nullable Densities densities,
            double threshold,
            List<MetricRows> heads) {
        this(rows, targets, weights, lengths, outputs, predictions, densities, threshold, heads, null);
    }

    /** The same with the rows themselves. */
    public MetricRows of(Pass known) {
        return new MetricRows(
                rows, targets, weights, lengths, outputs, predictions, densities, threshold, heads, known);
    }

    /** The rows themselves. */
    Pass known() {
        return Objects.requireNonNull(pass);
    }

    /** Rows of a batch, of a network with one head. */
    public MetricRows(
            Batch batch,
            int @Nullable [] lengths,
            Tensor outputs,
            Tensor predictions,
            @Nullable Densities densities,
            double threshold) {
        this(
                batch.rows(),
                batch.targets(),
                batch.weights(),
                lengths,
                outputs,
                predictions,
                densities,
                threshold,
                List.of());
    }

    private int steps() {
        return outputs.shape().rank() == 2 ? outputs.shape().dimension(0) : 1;
    }

    /** Outputs in a step. */
    int width() {
        return outputs.shape().size() / steps();
    }

    /** Valid steps of a row. */
    int steps(int row) {
        return outputs.shape().rank() == 2 && lengths != null ? lengths[row] : steps();
    }

    /** Where a step's outputs begin. */
    int outputAt(int row, int step) {
        return outputs.rowOffset(row) + step * width();
    }

    /** A prediction of a step. */
    float prediction(int row, int step, int index) {
        return predictions.array()[predictions.rowOffset(row) + predictionAt(step, index)];
    }

    /** Which of a row's predictions is one of a step's. */
    private int predictionAt(int step, int index) {
        return step * (predictions.shape().size() / steps()) + index;
    }

    /** Logarithm of the density that was predicted for a step's target. */
    double logDensity(int row, int step, int index) {
        return Objects.requireNonNull(densities).logDensity(row, predictionAt(step, index), target(row, step, index));
    }

    /** Probability that was predicted for what is not above a step's target. */
    double cumulative(int row, int step, int index) {
        return Objects.requireNonNull(densities).cumulative(row, predictionAt(step, index), target(row, step, index));
    }

    /** Continuous ranked probability score of what was predicted for a step's target. */
    double rankedScore(int row, int step, int index) {
        return Objects.requireNonNull(densities).rankedScore(row, predictionAt(step, index), target(row, step, index));
    }

    /** The class that is predicted for a step: the first of the most probable ones, or what the threshold decides. */
    int decided(int row, int step) {
        return threshold == EVEN || width() > 2 ? mostProbable(row, step) : decidedAt(row, step);
    }

    private int mostProbable(int row, int step) {
        return width() == 1
                ? output(row, step, 0) >= 0 ? 1 : 0
                : Kernels.get().reductions().argMax(outputs.array(), outputAt(row, step), width());
    }

    private int decidedAt(int row, int step) {
        return prediction(row, step, width() - 1) >= (float) threshold ? 1 : 0;
    }

    /** An output of a step. */
    float output(int row, int step, int index) {
        return outputs.array()[outputAt(row, step) + index];
    }

    /** A target of a step. */
    float target(int row, int step, int index) {
        int perStep = targets.shape().size() / steps();
        return targets.array()[targets.rowOffset(row) + step * perStep + index];
    }

    /** A row's weight. */
    double weight(int row) {
        return weights[row];
    }
}
