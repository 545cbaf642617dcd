package dev.lockstep.spark.sync.allreduce;

/** The kinds of vectors that a state has; ranks fetch and return parts of them. */
public enum Section {
    /** The parameters. */
    PARAMETERS,
    /** The running statistics. */
    BUFFERS,
    /** The optimiser's slots, slot after slot. */
    SLOTS,
    /** What shards have kept back of their gradients, shard after shard. */
    RESIDUALS
}
