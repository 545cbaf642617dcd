package dev.lockstep.nn.data;

/** The rows of one shard in canonical order, in blocks of {@link Block#ROWS}, wherever they lie. */
public interface ShardRows {
    /** Number of the shard. */
    int shard();

    /** How many rows it has, possibly none. */
    int rows();

    /** The sum of the weights of its rows, in their order: a row of weight 3 is three rows. */
    double rowWeight();

    /** Block {@code index}, from 0; its arrays must not be changed. It may come from disk. */
    Block block(int index);

    /** The digest of its rows and their order, see {@link ShardDigest}. */
    long digest();

    /** How many blocks hold its rows. */
    default int blocks() {
        return Block.count(rows());
    }
}
