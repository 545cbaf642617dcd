package dev.lockstep.nn.loss;

import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * Losses summed over rows: a monoid under {@link #plus}. Within a shard rows add in their order, shards along the tree.
 *
 * @param loss sum of weighted losses
 * @param weight sum of weights
 * @param rows how many rows
 * @param score sum of the likelihood's {@link Likelihood#score() score}
 * @param scoreWeight sum of the weights of scores, in which classes count alike
 */
public record LossSum(double loss, double weight, long rows, double score, double scoreWeight) implements Serializable {
    /** How many bytes {@link #put} writes. */
    public static final int BYTES = 4 * Double.BYTES + Long.BYTES;

    /** The sum over no rows. */
    public static final LossSum ZERO = new LossSum(0, 0, 0, 0, 0);

    /** Both together, this one's rows first. */
    public LossSum plus(LossSum other) {
        return new LossSum(
                loss + other.loss,
                weight + other.weight,
                rows + other.rows,
                score + other.score,
                scoreWeight + other.scoreWeight);
    }

    /** This sum and a range of rows, one after the other. */
    public LossSum plusRows(RowLosses losses, int from, int to) {
        double sum = loss;
        double total = weight;
        double right = score;
        double scored = scoreWeight;
        for (int row = from; row < to; row++) {
            sum += losses.loss()[row];
            total += losses.weight()[row];
            right += losses.score()[row];
            scored += losses.scoreWeight()[row];
        }
        return new LossSum(sum, total, rows + to - from, right, scored);
    }

    /** Writes it, in {@link #BYTES} bytes. */
    public void put(ByteBuffer bytes) {
        bytes.putDouble(loss).putDouble(weight).putLong(rows).putDouble(score).putDouble(scoreWeight);
    }

    /** Reads what {@link #put} has written. */
    public static LossSum get(ByteBuffer bytes) {
        return new LossSum(bytes.getDouble(), bytes.getDouble(), bytes.getLong(), bytes.getDouble(), bytes.getDouble());
    }

    /** Loss for each unit of weight. */
    public double meanLoss() {
        return loss / weight;
    }
}
