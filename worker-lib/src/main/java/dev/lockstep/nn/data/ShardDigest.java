package dev.lockstep.nn.data;

/**
 * A digest of a shard's rows and their order: {@code digest = ContentHash(block, digest)} over its blocks, from 0. A
 * shard that is built again after a failure must have the digest it had at first.
 */
public final class ShardDigest {
    /** The digest of no rows. */
    public static final long EMPTY = 0;

    private ShardDigest() {}

    /** The digest after one more block. */
    public static long append(long digest, Block block, RowLayout layout) {
        return CanonicalOrder.hashAll(layout, block.packed(), digest);
    }
}
