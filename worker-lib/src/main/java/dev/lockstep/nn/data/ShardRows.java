package dev.lockstep.nn.data;

/** The rows of one shard in canonical order, in {@linkplain Block blocks}, wherever they lie. */
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
    int blocks();

    /** Number of the first row of block {@code index}; for {@code index == blocks()} the number of rows. */
    int firstRow(int index);

    /** Number of the block that holds a row. */
    default int blockOf(int row) {
        int from = 0;
        int to = blocks() - 1;
        while (from < to) {
            int middle = (from + to + 1) >>> 1;
            if (firstRow(middle) <= row) {
                from = middle;
            } else {
                to = middle - 1;
            }
        }
        return from;
    }
}
