package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.ShardTree;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The contiguous range of shards of each rank. No rank owns more than {@code ceil(shards / ranks)} shards, since the
 * slowest rank sets the pace; among all such divisions it is one whose ranges are made of the fewest nodes of the
 * {@link ShardTree}, since each node is a vector to send.
 *
 * <p>A task of Spark runs several consecutive ranks, a thread each, where it has several cores
 * ({@code spark.task.cpus}).
 */
public final class ShardAssignment implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Of so many places between two ranks the best ones are searched. */
    private static final int MOST_PLACES = 64;

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
        // cost[i]: the least cost of giving the shards before places[rank][i] to the first ranks; a node outweighs any
        // unevenness.
        long nodeCost = 1 + (long) most * most * ranks;
        int[][] places = new int[ranks + 1][];
        int[][] previous = new int[ranks + 1][];
        places[0] = new int[] {0};
        long[] cost = {0};
        for (int rank = 1; rank <= ranks; rank++) {
            places[rank] = places(shards, ranks, rank);
            previous[rank] = new int[places[rank].length];
            long[] next = new long[places[rank].length];
            for (int i = 0; i < next.length; i++) {
                next[i] = Long.MAX_VALUE;
                int to = places[rank][i];
                for (int j = 0; j < cost.length; j++) {
                    int from = places[rank - 1][j];
                    int size = to - from;
                    if (size < 1 || size > most || cost[j] == Long.MAX_VALUE) {
                        continue;
                    }
                    long nodes = ShardTree.nodes(shards, from, to).size();
                    long candidate = cost[j] + nodes * nodeCost + (long) size * size;
                    if (candidate <= next[i]) {
                        next[i] = candidate;
                        previous[rank][i] = j;
                    }
                }
            }
            cost = next;
        }
        int[] start = new int[ranks + 1];
        int at = 0;
        for (int rank = ranks; rank >= 0; rank--) {
            start[rank] = places[rank][at];
            at = rank > 0 ? previous[rank][at] : 0;
        }
        return start;
    }

    /**
     * Where the shards of the first ranks may end: everywhere that leaves each rank between one shard and the most, in
     * increasing order. Of very many places these are the last one and those at which the largest nodes end, so that
     * the work grows with the ranks, not with their cube.
     */
    private static int[] places(int shards, int ranks, int rank) {
        int most = mostShards(shards, ranks);
        int first = (int) Math.max(rank, shards - (long) (ranks - rank) * most);
        int last = (int) Math.min(shards - (ranks - rank), (long) rank * most);
        int step = 1;
        while ((last - first) / step >= MOST_PLACES) {
            step *= 2;
        }
        int[] places = new int[MOST_PLACES + 1];
        int count = 0;
        for (long place = (first + step - 1L) / step * step; place < last; place += step) {
            places[count++] = (int) place;
        }
        places[count++] = last;
        return Arrays.copyOf(places, count);
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
