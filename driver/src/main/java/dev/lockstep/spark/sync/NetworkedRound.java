package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.AllReduceRound;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.RoundOutcome;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.spark.sync.allreduce.Rendezvous;
import dev.lockstep.spark.sync.allreduce.RoundAddress;
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
 * One attempt at a round of all-reduce between executors: the state is broadcast, the ranks run in one barrier stage,
 * meet at a {@link Rendezvous} on the driver and exchange gradients over the network. A rank that fails says why at the
 * rendezvous; Spark only knows that a task has failed.
 */
final class NetworkedRound implements AutoCloseable {
    private static final long POLL_SECONDS = 1;

    /** How long the other ranks have to end after one has failed. */
    private static final long GRACE_SECONDS = 10;

    private final TaskSlots slots;
    private final RankTasks<Rank> tasks;
    private final StateBroadcast sent;
    private final Rendezvous rendezvous;

    /**
     * Opens the rendezvous and sends the state out, its optimiser's slots included.
     *
     * @param run random number of the training run
     * @param round number of the attempt within the run
     */
    NetworkedRound(JavaSparkContext context, RankTasks<Rank> tasks, TrainState state, long run, long round) {
        slots = new TaskSlots(context, line -> {});
        this.tasks = tasks;
        tasks.traffic()
                .sent(tasks.assignment().tasks() * StateBroadcast.bytes(state, true)
                        + StateBroadcast.residualBytes(state));
        sent = StateBroadcast.of(context, state, true);
        try {
            rendezvous = new Rendezvous(run, round, tasks.assignment().ranks());
        } catch (RuntimeException e) {
            sent.destroy();
            throw e;
        }
    }

    /** Takes the steps of the round; what each rank has at its end, in their order. */
    List<RoundOutcome> run(int steps) {
        RoundAddress address = rendezvous.address();
        StateBroadcast state = sent;
        List<byte[]> results = collect(tasks.together(
                (number, rank, cancellation) -> atSite(number, rank, address, state, steps, cancellation)));
        List<RoundOutcome> outcomes = new ArrayList<>();
        for (byte[] bytes : results) {
            RoundResult result = RoundResult.decode(bytes);
            tasks.traffic().sent(bytes.length + result.bytesSent());
            outcomes.add(result.outcome());
        }
        return outcomes;
    }

    /** On an executor: one rank's part. */
    private static byte[] atSite(
            int number, Rank rank, RoundAddress address, StateBroadcast sent, int steps, Cancellation cancellation) {
        try (Site.Seat seat = Site.enter(address, number, cancellation)) {
            try {
                TrainState start = sent.open(rank.fromShard(), rank.toShard());
                Exchange exchange = seat.join(rank.setup().update(), start::parameters);
                AllReduceRound round = new AllReduceRound(rank, number, exchange, cancellation);
                seat.watch(round::progress);
                RoundOutcome outcome = round.run(start, steps);
                RoundResult result = new RoundResult(outcome, seat.bytesSent());
                seat.done();
                return result.encode();
            } catch (RuntimeException | Error e) {
                seat.report(e);
                throw e;
            }
        }
    }

    /**
     * Waits for the round, and gives it up where Spark itself would wait for ever: if executors were lost just before
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
