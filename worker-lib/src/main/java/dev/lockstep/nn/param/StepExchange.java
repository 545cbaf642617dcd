package dev.lockstep.nn.param;

import dev.lockstep.nn.data.ShardTree;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Gives a running training pass of one rank the sums over all shards of its step, including those of other ranks. */
public interface StepExchange {

    /** The nodes of the shard tree that this rank completes. */
    List<ShardTree.Node> nodes();

    /**
     * Merges every rank's nodes into the sum over all shards. All ranks of a step have to call this equally often and
     * in the same order, those without rows included.
     *
     * @param own this rank's sum of each of its nodes, null where none of the node's shards has rows; consumed
     * @param merge left, right to their sum; may change and return one of them
     * @return the sum, or null if no shard has rows; the same bits on each rank
     */
    double @Nullable [] combine(List<ShardTree.Partial<double[]>> own, BinaryOperator<double[]> merge);
}
