package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.ShardTree;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Which contiguous range of shards each rank owns. No rank owns more than {@code ceil(shards / ranks)} shards, since the
 * slowest rank sets the pace; among all such divisions it is one whose ranges are made of the fewest nodes of the {@link
 * ShardTree}, since each node is a vector to send.
 */
public final class RankPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int[] start;

    private RankPlan(int[] start) {
        this.start = start;
    }

    /**
     * Divides shards among ranks.
     *
     * @param shards how many shards there are
     * @param mostRanks how many ranks there can be, at least 1; there are never more than shards
     */
    public static RankPlan of(int shards, int mostRanks) {
        if (shards < 1 || mostRanks < 1) {
            throw new IllegalArgumentException(
                    "expected at least one shard and one rank, got " + shards + " and " + mostRanks);
        }
        int ranks = Math.min(shards, mostRanks);
        int most = (shards + ranks - 1) / ranks;
        // cost[r][s]: the least cost of giving shards 0 to s-1 to the first r ranks; a node outweighs any unevenness.
        long[][] cost = new long[ranks + 1][shards + 1];
        int[][] previous = new int[ranks + 1][shards + 1];
        for (long[] row : cost) {
            Arrays.fill(row, Long.MAX_VALUE);
        }
        cost[0][0] = 0;
        long nodeCost = 1 + (long) most * most * ranks;
        for (int rank = 1; rank <= ranks; rank++) {
            for (int to = rank; to <= Math.min(shards, rank * most); to++) {
                for (int size = 1; size <= Math.min(most, to); size++) {
                    int from = to - size;
                    if (cost[rank - 1][from] == Long.MAX_VALUE) {
                        continue;
                    }
                    long nodes = ShardTree.nodes(shards, from, to).size();
                    long candidate = cost[rank - 1][from] + nodes * nodeCost + (long) size * size;
                    if (candidate < cost[rank][to]) {
                        cost[rank][to] = candidate;
                        previous[rank][to] = from;
                    }
                }
            }
        }
        int[] start = new int[ranks + 1];
        start[ranks] = shards;
        for (int rank = ranks; rank > 0; rank--) {
            start[rank - 1] = previous[rank][start[rank]];
        }
        return new RankPlan(start);
    }

    /** How many ranks there are. */
    public int ranks() {
        return start.length - 1;
    }

    /** How many shards there are. */
    public int shards() {
        return start[ranks()];
    }

    /** First shard of a rank. */
    public int from(int rank) {
        return start[rank];
    }

    /** After the last shard of a rank. */
    public int to(int rank) {
        return start[rank + 1];
    }

    /** The rank that owns a shard. */
    public int rankOf(int shard) {
        int found = Arrays.binarySearch(start, shard);
        return found >= 0 ? found : -found - 2;
    }

    @Override
    public String toString() {
        return Arrays.toString(start);
    }
}
