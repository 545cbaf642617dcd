package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.AllReduceRound;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.RoundOutcome;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.spark.shard.HeapGuard;
import dev.lockstep.spark.sync.allreduce.RankState;
import dev.lockstep.spark.sync.allreduce.Rendezvous;
import dev.lockstep.spark.sync.allreduce.RoundAddress;
import dev.lockstep.spark.sync.allreduce.RoundState;
import dev.lockstep.spark.sync.allreduce.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * One attempt at a round of all-reduce between executors: the parameters are broadcast, the ranks run in one barrier
 * stage, meet at a {@link Rendezvous} on the driver, where each fetches and returns its own part of the state, and
 * exchange gradients over the network. A rank that fails says why at the rendezvous; Spark only knows that a task has
 * failed.
 */
final class NetworkedRound implements AutoCloseable {
    private static final long POLL_SECONDS = 1;

    /** How long the other ranks have to end after one has failed. */
    private static final long GRACE_SECONDS = 10;

    private final TaskSlots slots;
    private final RankTasks<Rank> tasks;
    private final RoundState state;
    private final StateBroadcast sent;
    private final Rendezvous rendezvous;

    /**
     * Opens the rendezvous, where ranks fetch their slots and residuals, and sends the parameters out to all.
     *
     * @param run random number of the training run
     * @param round number of the attempt within the run
     */
    NetworkedRound(JavaSparkContext context, RankTasks<Rank> tasks, TrainState state, long run, long round) {
        slots = new TaskSlots(context, line -> {});
        this.tasks = tasks;
        this.state = new RoundState(state);
        tasks.traffic().sent(tasks.assignment().tasks() * StateBroadcast.bytes(state, false) + this.state.bytes());
        sent = StateBroadcast.ofParameters(context, state);
        try {
            rendezvous = new Rendezvous(run, round, tasks.assignment().ranks(), this.state);
        } catch (RuntimeException e) {
            sent.destroy();
            throw e;
        }
    }

    /** Takes the steps of the round. */
    ReducedRound run(int steps) {
        RoundAddress address = rendezvous.address();
        StateBroadcast position = sent;
        List<RoundResult> results = new ArrayList<>();
        for (byte[] bytes : collect(tasks.together(
                (number, rank, cancellation) -> atSite(number, rank, address, position, steps, cancellation)))) {
            RoundResult result = RoundResult.decode(bytes);
            tasks.traffic().sent(bytes.length + result.bytesSent());
            results.add(result);
        }
        return new ReducedRound(
                state.next(steps, results.get(0).losses()),
                results.stream().map(RoundResult::times).toList());
    }

    /** On an executor: one rank's part. */
    private static byte[] atSite(
            int number, Rank rank, RoundAddress address, StateBroadcast sent, int steps, Cancellation cancellation) {
        try (Site.Seat seat = Site.enter(address, number, cancellation)) {
            try {
                ParameterUpdate update = rank.setup().update();
                RankState own = RankState.fetch(seat, number, rank, update.slices(address.ranks()), sent.parameters());
                TrainState start = sent.withResiduals(own.residuals());
                Exchange exchange = seat.join(update, sent::openParameters);
                AllReduceRound round = new AllReduceRound(rank, number, exchange, cancellation);
                seat.watch(round::progress);
                RoundOutcome outcome = round.run(start, own.slots(), steps);
                own.give(seat, number, rank, exchange);
                RoundResult result = new RoundResult(outcome.losses(), outcome.times(), seat.bytesSent());
                seat.done();
                return result.encode();
            } catch (OutOfMemoryError e) {
                RuntimeException failure = HeapGuard.failure(e);
                seat.report(failure);
                throw failure;
            } catch (RuntimeException | Error e) {
                seat.report(e);
                throw e;
            }
        }
    }

    /**
     * Waits for the round, and gives it up where Spark itself would wait forever: if executors were lost just before
     * the barrier stage began, if a rank has failed but its task does not end, and if a rank is stuck.
     */
    private <T> List<T> collect(JavaRDD<T> results) {
        JavaFutureAction<List<T>> job = results.collectAsync();
        boolean enough = true;
        int failedFor = 0;
        while (true) {
            try {
                return job.get(POLL_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                // Seen twice: a round that was under way fails by itself, and then says more.
                boolean enoughBefore = enough;
                enough = slots.available() >= tasks.assignment().tasks();
                failedFor += rendezvous.failure() == null ? 0 : 1;
                String stalled = rendezvous.stalled(slots.stallNanos());
                if (!enough && !enoughBefore) {
                    job.cancel(true);
                    throw new RoundFailedException("executors were lost before the round began", e);
                }
                if (stalled != null) {
                    job.cancel(true);
                    throw new RoundFailedException(slots.stallMessage(stalled), e);
                }
                if (failedFor > GRACE_SECONDS) {
                    job.cancel(true);
                    throw new RoundFailedException(rendezvous.failure(), e);
                }
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                throw new RoundFailedException(cause.getMessage(), cause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                job.cancel(true);
                throw new RoundFailedException("interrupted during a round", e);
            }
        }
    }

    /** Why the round failed: what the first rank that failed has said; otherwise what Spark says. */
    RuntimeException failure(Exception seen) {
        return rendezvous.failure() == null
                ? SparkFailure.unchecked(seen)
                : new RoundFailedException(rendezvous.failure(), seen);
    }

    /** Whether another attempt would fail in the same way. */
    boolean failsAgain() {
        return rendezvous.failsAgain();
    }

    @Override
    public void close() {
        rendezvous.close();
        sent.destroy();
    }
}
