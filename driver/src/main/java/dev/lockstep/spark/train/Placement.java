package dev.lockstep.spark.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.spark.shard.ShardAssignment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * How the ranks of a training lie in processes, as far as memory depends on it. Which tasks share a process is not
 * known beforehand, so the figures are those of the tasks with most.
 *
 * @param processes how many processes there are
 * @param tasks how many tasks share the fullest process
 * @param ranks how many ranks these have
 * @param allRanks how many ranks there are
 * @param shards how many shards lie in the fullest process
 * @param rankNodes nodes of the shard tree that its ranks complete, each rank alone
 * @param taskNodes nodes that its tasks complete, each task alone
 * @param allTaskNodes nodes that all tasks complete
 * @param mostTaskNodes nodes of the task with most
 * @param means states that its ranks hold at once when each shard trains alone and the means are merged along the tree
 */
record Placement(
        int processes,
        int tasks,
        int ranks,
        int allRanks,
        int shards,
        int rankNodes,
        int taskNodes,
        int allTaskNodes,
        int mostTaskNodes,
        int means) {

    /**
     * Where ranks lie.
     *
     * @param processes how many processes share the tasks evenly
     */
    static Placement of(ShardAssignment assignment, int processes) {
        int all = assignment.tasks();
        int tasks = (all + processes - 1) / processes;
        IntUnaryOperator ranks = task -> assignment.firstRank(task + 1) - assignment.firstRank(task);
        IntUnaryOperator rankNodes =
                task -> ofRanks(assignment, task, rank -> nodes(assignment, assignment.from(rank), assignment.to(rank))
                        .size());
        IntUnaryOperator taskNodes = task -> nodes(assignment, assignment.taskFrom(task), assignment.taskTo(task))
                .size();
        return new Placement(
                processes,
                tasks,
                most(all, tasks, ranks),
                assignment.ranks(),
                most(all, tasks, task -> assignment.taskTo(task) - assignment.taskFrom(task)),
                most(all, tasks, rankNodes),
                most(all, tasks, taskNodes),
                most(all, all, taskNodes),
                most(all, 1, taskNodes),
                most(all, tasks, task -> ofRanks(assignment, task, rank -> means(assignment, rank))));
    }

    /** The sum over the {@code count} tasks that have most. */
    private static int most(int all, int count, IntUnaryOperator ofTask) {
        List<Integer> sizes = new ArrayList<>();
        for (int task = 0; task < all; task++) {
            sizes.add(-ofTask.applyAsInt(task));
        }
        return -sizes.stream().sorted().limit(count).mapToInt(size -> size).sum();
    }

    private static int ofRanks(ShardAssignment assignment, int task, IntUnaryOperator ofRank) {
        int sum = 0;
        for (int rank = assignment.firstRank(task); rank < assignment.firstRank(task + 1); rank++) {
            sum += ofRank.applyAsInt(rank);
        }
        return sum;
    }

    private static List<ShardTree.Node> nodes(ShardAssignment assignment, int from, int to) {
        return ShardTree.nodes(assignment.shards(), from, to);
    }

    /** One for each node that is complete, for each that waits for its right half, and for the shard that trains. */
    private static int means(ShardAssignment assignment, int rank) {
        int most = 0;
        int complete = 0;
        for (ShardTree.Node node : nodes(assignment, assignment.from(rank), assignment.to(rank))) {
            int size = node.to() - node.from();
            int levels = Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
            most = Math.max(most, complete + levels + 1);
            complete++;
        }
        return most;
    }
}
