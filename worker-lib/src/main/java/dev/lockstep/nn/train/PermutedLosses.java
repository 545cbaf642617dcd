package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.LossSum;
import java.util.ArrayList;
import java.util.List;

/**
 * The losses of rows as they are, and with the cells of each column exchanged: a monoid along the shard tree.
 *
 * @param sums in the order that a {@link ColumnPermutation} says
 */
public record PermutedLosses(List<LossSum> sums) {
    /** Both together, this one's rows first. */
    public PermutedLosses plus(PermutedLosses right) {
        List<LossSum> both = new ArrayList<>(sums.size());
        for (int i = 0; i < sums.size(); i++) {
            both.add(sums.get(i).plus(right.sums.get(i)));
        }
        return new PermutedLosses(both);
    }
}
