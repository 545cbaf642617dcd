package dev.lockstep.spark.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.param.GradientLayout;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.spark.shard.ShardAssignment;
import java.util.Locale;

/**
 * What the vectors of a training need at the least: the parameters, the optimiser's slots, and, where ranks compute, a
 * gradient sum for each node of the shard tree that a rank completes. Other copies come and go; what does not fit even
 * without them is refused before the first step.
 *
 * @param parameters length of a vector
 * @param slots vectors that the optimiser keeps
 * @param gradient length of a gradient sum without what it keeps by rows
 * @param sums gradient sums of the ranks in the process; 0: there are none
 */
record VectorMemory(long parameters, int slots, long gradient, int sums) {

    /** The vectors of the one process in which all ranks compute. */
    static VectorMemory of(GradientLayout gradient, int slots, ShardAssignment assignment) {
        int sums = 0;
        for (int rank = 0; rank < assignment.ranks(); rank++) {
            sums += ShardTree.nodes(assignment.shards(), assignment.from(rank), assignment.to(rank))
                    .size();
        }
        long byRows = gradient.tensors().stream().mapToLong(RowTensor::length).sum();
        return new VectorMemory(gradient.parameters(), slots, gradient.parameters() - byRows, sums);
    }

    /** How many bytes they are. */
    long bytes() {
        return Float.BYTES * (parameters * (1L + slots) + gradient * sums);
    }

    /**
     * Refuses what cannot fit.
     *
     * @param heap bytes that the driver's JVM can have
     * @throws IllegalArgumentException naming both sizes and what to change
     */
    void check(long heap) {
        if (bytes() > heap) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "model.layers: %,d parameters, with %d vectors of the optimiser and %d of gradients, take at least"
                            + " %,d MB, more than the driver's heap of %,d MB; give it more with --driver-memory, or"
                            + " use fewer units or features",
                    parameters,
                    slots,
                    sums,
                    bytes() >> 20,
                    heap >> 20));
        }
    }
}
