package dev.lockstep.nn.loss;

import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * Losses summed over rows: a monoid under {@link #plus}. Within a shard rows add in their order, shards along the tree.
 *
 * @param loss sum of weighted losses
 * @param weight sum of weights
 * @param rows how many rows
 * @param rowWeight sum of the rows' own weights, without those of classes and steps: a row of weight 3 is three rows
 * @param score sum of the likelihood's {@link Likelihood#score() score}
 * @param scoreWeight sum of the weights of scores, in which classes count alike
 */
public record LossSum(double loss, double weight, long rows, double rowWeight, double score, double scoreWeight)
        implements Serializable {
    /** How many bytes {@link #put} writes. */
    public static final int BYTES = 5 * Double.BYTES + Long.BYTES;

    /** The sum over no rows. */
    public static final LossSum ZERO = new LossSum(0, 0, 0, 0, 0, 0);

    /** Both together, this one's rows first. */
    public LossSum plus(LossSum other) {
        return new LossSum(
                loss + other.loss,
                weight + other.weight,
                rows + other.rows,
                rowWeight + other.rowWeight,
                score + other.score,
                scoreWeight + other.scoreWeight);
    }

    /**
     * This sum and a range of rows, one after the other.
     *
     * @param losses of the rows
     * @param rowWeights the rows' own weights
     * @param from the first row
     * @param to after the last row
     */
    public LossSum plusRows(RowLosses losses, float[] rowWeights, int from, int to) {
        double sum = loss;
        double total = weight;
        double weighed = rowWeight;
        double right = score;
        double scored = scoreWeight;
        for (int row = from; row < to; row++) {
            sum += losses.loss()[row];
            total += losses.weight()[row];
            weighed += rowWeights[row];
            right += losses.score()[row];
            scored += losses.scoreWeight()[row];
        }
        return new LossSum(sum, total, rows + to - from, weighed, right, scored);
    }

    /** Writes it, in {@link #BYTES} bytes. */
    public void put(ByteBuffer bytes) {
        bytes.putDouble(loss)
                .putDouble(weight)
                .putLong(rows)
                .putDouble(rowWeight)
                .putDouble(score)
                .putDouble(scoreWeight);
    }

    /** Reads what {@link #put} has written. */
    public static LossSum get(ByteBuffer bytes) {
        return new LossSum(
                bytes.getDouble(),
                bytes.getDouble(),
                bytes.getLong(),
                bytes.getDouble(),
                bytes.getDouble(),
                bytes.getDouble());
    }

    /** Loss for each unit of weight. */
    public double meanLoss() {
        return loss / weight;
    }
}
