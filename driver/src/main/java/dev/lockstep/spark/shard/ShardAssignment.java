package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.ShardTree;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Which contiguous range of shards each rank owns. No rank owns more than {@code ceil(shards / ranks)} shards, since
 * the slowest rank sets the pace; among all such divisions it is one whose ranges are made of the fewest nodes of the
 * {@link ShardTree}, since each node is a vector to send.
 *
 * <p>A task of Spark runs several consecutive ranks, a thread each, where it has several cores
 * ({@code spark.task.cpus}).
 */
public final class ShardAssignment implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int[] start;
    private final int tasks;

    private ShardAssignment(int[] start, int tasks) {
        this.start = start;
        this.tasks = tasks;
    }

    /**
     * Divides shards among ranks, each a task.
     *
     * @param shards how many shards there are
     * @param mostRanks how many ranks there can be, at least 1; there are never more than shards
     */
    public static ShardAssignment of(int shards, int mostRanks) {
        return of(shards, mostRanks, 1);
    }

    /**
     * Divides shards among the ranks of several tasks. The ranks spread evenly over the tasks.
     *
     * @param shards how many shards there are
     * @param mostTasks how many tasks there can be, at least 1; there are never more than shards
     * @param threads how many ranks a task can run, at least 1
     */
    public static ShardAssignment of(int shards, int mostTasks, int threads) {
        if (shards < 1 || mostTasks < 1 || threads < 1) {
            throw new IllegalArgumentException("expected at least one shard, one task and one thread, got " + shards
                    + ", " + mostTasks + " and " + threads);
        }
        int ranks = (int) Math.min(shards, (long) mostTasks * threads);
        return new ShardAssignment(cuts(shards, ranks), Math.min(mostTasks, ranks));
    }

    private static int[] cuts(int shards, int ranks) {
        int most = mostShards(shards, ranks);
        // cost[r][s]: the least cost of giving shards 0 to s-1 to the first r ranks; a node outweighs any unevenness.
        long[][] cost = new long[ranks + 1][shards + 1];
        int[][] previous = new int[ranks + 1][shards + 1];
        for (long[] row : cost) {
            Arrays.fill(row, Long.MAX_VALUE);
        }
        cost[0][0] = 0;
        long nodeCost = 1 + (long) most * most * ranks;
        for (int rank = 1; rank <= ranks; rank++) {
            // The ranks behind this one must be able to own the rest.
            int least = Math.max(rank, shards - (ranks - rank) * most);
            for (int to = least; to <= Math.min(shards, rank * most); to++) {
                int smallest = Math.max(1, to - (rank - 1) * most);
                for (int size = smallest; size <= Math.min(most, to); size++) {
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
        return start;
    }

    /** How many ranks there are. */
    public int ranks() {
        return start.length - 1;
    }

    /** How many shards there are. */
    public int shards() {
        return start[ranks()];
    }

    /** How many shards the rank with the most of them owns. */
    public int mostShards() {
        return mostShards(shards(), ranks());
    }

    private static int mostShards(int shards, int ranks) {
        return (shards + ranks - 1) / ranks;
    }

    /** First shard of a rank. */
    public int from(int rank) {
        return start[rank];
    }

    /** After the last shard of a rank. */
    public int to(int rank) {
        return start[rank + 1];
    }

    /** How many tasks run the ranks. */
    public int tasks() {
        return tasks;
    }

    /** First rank of a task; with the number of tasks, after the last rank. */
    public int firstRank(int task) {
        return (int) ((long) task * ranks() / tasks);
    }

    /** First shard of a task. */
    public int taskFrom(int task) {
        return from(firstRank(task));
    }

    /** After the last shard of a task. */
    public int taskTo(int task) {
        return to(firstRank(task + 1) - 1);
    }

    /** The task that owns a shard. */
    public int taskOf(int shard) {
        int found = Arrays.binarySearch(start, shard);
        int rank = found >= 0 ? found : -found - 2;
        int task = (int) ((long) rank * tasks / ranks());
        return firstRank(task + 1) > rank ? task : task + 1;
    }

    @Override
    public String toString() {
        return Arrays.toString(start);
    }
}
