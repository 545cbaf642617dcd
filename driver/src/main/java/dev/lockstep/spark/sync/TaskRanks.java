package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.train.PeerFailureException;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.shard.RankPlan;
import dev.lockstep.spark.shard.TaskShards;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The ranks of one task on their executor: the only element of its partition, kept in memory between jobs. It never
 * travels; if its executor is lost the lineage makes a new one.
 *
 * <p>Several ranks ({@code spark.task.cpus}) work side by side, each in a thread that lives as long as the call.
 */
final class TaskRanks {
    private final int firstRank;
    private final int firstShard;
    private final int toShard;
    private final List<RankWorker> ranks = new ArrayList<>();

    TaskRanks(TrainingSetup setup, RankPlan plan, TaskShards task) {
        firstRank = plan.firstRank(task.task());
        firstShard = plan.taskFrom(task.task());
        toShard = plan.taskTo(task.task());
        List<? extends ShardRows> shards = task.shards();
        for (int rank = firstRank; rank < plan.firstRank(task.task() + 1); rank++) {
            ranks.add(new RankWorker(setup, shards.subList(plan.from(rank) - firstShard, plan.to(rank) - firstShard)));
        }
    }

    /** A state that has been sent, as these ranks need it. */
    TrainState open(StateBroadcast sent) {
        return sent.open(firstShard, toShard);
    }

    /** The residuals of these ranks' shards in a state. */
    List<float[]> residuals(TrainState state) {
        return state.residuals(firstShard, toShard);
    }

    /**
     * What each rank does.
     *
     * @param <R> what comes of it
     */
    @FunctionalInterface
    interface Work<R> {
        /** Does it for one rank. */
        R run(int rank, RankWorker worker);
    }

    /**
     * Lets all ranks work at the same time. One call at a time: an attempt of a task that Spark has given up may still
     * run.
     *
     * @return what comes of it, in the order of the ranks
     * @throws RuntimeException the failure of a rank; if several fail, of one that has not failed because of another
     */
    synchronized <R> List<R> each(Work<R> work) {
        if (ranks.size() == 1) {
            return List.of(work.run(firstRank, ranks.get(0)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(ranks.size(), TaskRanks::thread);
        try {
            List<Future<R>> futures = new ArrayList<>();
            for (int i = 0; i < ranks.size(); i++) {
                int rank = firstRank + i;
                RankWorker worker = ranks.get(i);
                futures.add(threads.submit(() -> work.run(rank, worker)));
            }
            return results(futures);
        } finally {
            threads.shutdownNow();
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "lockstep-rank");
        thread.setDaemon(true);
        return thread;
    }

    private static <R> List<R> results(List<Future<R>> futures) {
        List<R> results = new ArrayList<>();
        Throwable failure = null;
        for (Future<R> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                failure = first(failure, e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PeerFailureException("interrupted while the ranks of the task were at work", e);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return results;
    }

    /** The cause among two failures; the other one goes along. */
    private static Throwable first(Throwable known, Throwable next) {
        if (known == null) {
            return next;
        }
        boolean follows = known instanceof PeerFailureException && !(next instanceof PeerFailureException);
        Throwable cause = follows ? next : known;
        Throwable other = follows ? known : next;
        if (cause != other && other.getCause() != cause) {
            cause.addSuppressed(other);
        }
        return cause;
    }
}
