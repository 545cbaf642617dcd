package dev.lockstep.nn.loss;

import java.io.Serializable;

/**
 * Losses summed over rows: a monoid under {@link #plus}. Within a shard rows add in their order, shards along the tree.
 *
 * @param loss sum of weighted losses
 * @param weight sum of weights
 * @param rows how many rows
 * @param score sum of the loss's {@link Loss#score() score}
 */
public record LossSum(double loss, double weight, long rows, double score) implements Serializable {

    /** The sum over no rows. */
    public static final LossSum ZERO = new LossSum(0, 0, 0, 0);

    /** Both together, this one's rows first. */
    public LossSum plus(LossSum other) {
        return new LossSum(loss + other.loss, weight + other.weight, rows + other.rows, score + other.score);
    }

    /** This sum and a range of rows, one after the other. */
    public LossSum plusRows(RowLosses losses, int from, int to) {
        double sum = loss;
        double total = weight;
        double right = score;
        for (int row = from; row < to; row++) {
            sum += losses.loss()[row];
            total += losses.weight()[row];
            right += losses.score()[row];
        }
        return new LossSum(sum, total, rows + to - from, right);
    }

    /** Loss for each unit of weight. */
    public double meanLoss() {
        return loss / weight;
    }
}
