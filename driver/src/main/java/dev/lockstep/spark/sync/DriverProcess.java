package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.train.AllReduceRound;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.PeerFailureException;
import dev.lockstep.nn.train.Peers;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.RoundOutcome;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.nn.train.VectorSlices;
import dev.lockstep.spark.shard.ShardAssignment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** Local mode: ranks are threads of the driver's process, and arrays are handed over by reference. */
final class DriverProcess extends Cluster {
    private final TaskSlots slots;

    DriverProcess(JavaSparkContext context) {
        slots = new TaskSlots(context, line -> {});
    }

    @Override
    public boolean isDriver() {
        return true;
    }

    @Override
    public <T> T watch(Supplier<T> work) {
        return work.get();
    }

    @Override
    public ShardAssignment assign(int shards) {
        return ShardAssignment.of(shards, slots.available(), slots.ranksPerTask());
    }

    @Override
    public int processes(int tasks) {
        return 1;
    }

    @Override
    public @Nullable String obstacleToAllReduce() {
        return null;
    }

    @Override
    void fit(RankTasks<?> tasks, boolean more) {
        // The driver's cores do not come and go.
    }

    /**
     * What a job hands over.
     *
     * @param state what the ranks work on; read, except that each may update the residuals of its shards
     * @param results what they leave, one entry a rank
     * @param nanos how long each rank took
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record LocalJob(TrainState state, Queue<List<?>> results, long[] nanos) {}

    @Override
    <R, T> List<ShardTree.Partial<T>> run(RankTasks<R> tasks, TrainState state, SumJob<R, T> job) {
        tasks.traffic().sent(tasks.assignment().tasks() * StateBroadcast.bytes(state, job.readsOptimizerState()));
        long[] nanos = new long[tasks.assignment().ranks()];
        long start = System.nanoTime();
        try (SharedMemory<LocalJob> shared =
                SharedMemory.open(new LocalJob(state, new ConcurrentLinkedQueue<>(), nanos))) {
            long number = shared.number();
            tasks.run((group, cancellation) -> {
                LocalJob local = SharedMemory.find(number, LocalJob.class);
                group.each(cancellation, (rank, worker, own) -> {
                    long begin = System.nanoTime();
                    local.results().add(job.run(worker, local.state(), own));
                    local.nanos()[rank] = System.nanoTime() - begin;
                    return true;
                });
                return true;
            });
            tasks.traffic().took(nanos, System.nanoTime() - start);
            List<ShardTree.Partial<T>> nodes = new ArrayList<>();
            for (List<?> result : shared.value().results()) {
                @SuppressWarnings("unchecked") // put there by this job
                List<ShardTree.Partial<T>> sums = (List<ShardTree.Partial<T>>) result;
                tasks.traffic().sent(job.codec().bytes(sums));
                nodes.addAll(sums);
            }
            return nodes;
        }
    }

    /**
     * What a round of all-reduce hands over.
     *
     * @param exchange of the round
     * @param state where it begins; its parameters are the exchange's, and each rank updates the residuals of its
     *     shards
     * @param outcomes what each rank leaves
     */
    private record LocalRound(Exchange exchange, TrainState state, RoundOutcome[] outcomes) {}

    @Override
    ReducedRound allReduce(TrainingSetup setup, RankTasks<Rank> tasks, TrainState state, int steps) {
        VectorSlices slices = setup.update().slices(tasks.assignment().ranks());
        TreeSet<Integer> all =
                new TreeSet<>(IntStream.range(0, slices.ranks()).boxed().toList());
        Exchange exchange = new Exchange(state.parameters(), setup.update(), slices, all, new Peers.None());
        RoundOutcome[] outcomes = new RoundOutcome[slices.ranks()];
        try (SharedMemory<LocalRound> shared = SharedMemory.open(new LocalRound(exchange, state, outcomes))) {
            long number = shared.number();
            tasks.together((rank, worker, cancellation) -> {
                        LocalRound round = SharedMemory.find(number, LocalRound.class);
                        round.outcomes()[rank] = new AllReduceRound(worker, rank, round.exchange(), cancellation)
                                .run(round.state(), steps);
                        return rank;
                    })
                    .collect();
        } catch (Exception e) {
            // Spark reports whichever rank failed first in its eyes; the exchange knows the cause. If this thread was
            // interrupted, the ranks are still at work.
            exchange.fail(new PeerFailureException("the round has ended", e));
            throw exchange.failure() instanceof RuntimeException cause && !(cause instanceof PeerFailureException)
                    ? cause
                    : SparkFailure.unchecked(e);
        }
        tasks.traffic().sent(exchange.bytesHandedOver());
        List<RoundOutcome> ends = Arrays.asList(outcomes);
        return new ReducedRound(
                RoundOutcome.state(state, steps, slices, state.parameters(), ends),
                ends.stream().map(RoundOutcome::times).toList());
    }
}
