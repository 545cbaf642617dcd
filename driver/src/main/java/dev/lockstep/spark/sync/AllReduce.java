package dev.lockstep.spark.sync;

import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.AllReduceRound;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.Peers;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.nn.train.VectorSlices;
import dev.lockstep.spark.sync.allreduce.Rendezvous;
import dev.lockstep.spark.sync.allreduce.RoundAddress;
import dev.lockstep.spark.sync.allreduce.Site;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Gradient mode inside the stage: one barrier stage runs a round of many steps, in which the ranks combine gradients
 * among themselves ({@link AllReduceRound}). The bits are those of {@link Synchronizer.Gradient}. A round ends with the
 * epoch at the latest and is otherwise as long as {@link RoundLength} makes it.
 */
public final class AllReduce implements Synchronizer {
    private final TrainingSetup setup;
    private final RankPool ranks;
    private final Consumer<String> notices;
    private final RoundLength length = new RoundLength();
    private final long run = new SecureRandom().nextLong();
    private long rounds;

    /**
     * All-reduce.
     *
     * @param setup of the training
     * @param ranks the ranks over the training rows
     * @param notices is told when a round has to be repeated
     */
    public AllReduce(TrainingSetup setup, RankPool ranks, Consumer<String> notices) {
        this.setup = setup;
        this.ranks = ranks;
        this.notices = notices;
    }

    @Override
    public TrainState round(TrainState state) {
        int steps = length.steps(setup.plan().stepsPerEpoch() - state.stepInEpoch());
        long start = System.nanoTime();
        List<RankOutcome> outcomes = ranks.inOneJvm() ? inOneJvm(state, steps) : acrossJvms(state, steps);
        length.took(steps, outcomes.get(0).times().totalNanos(), System.nanoTime() - start);
        StepTimes times = StepTimes.ZERO;
        for (RankOutcome outcome : outcomes) {
            ranks.countBytes(outcome.bytesSent());
            times = times.plus(outcome.times());
        }
        ranks.countTimes(times.mean(outcomes.size()));
        return RankOutcome.state(state, steps, setup.update().slices(outcomes.size()), outcomes);
    }

    /**
     * What the driver shares with ranks in its JVM.
     *
     * @param exchange of the round
     * @param state where it begins; read
     * @param outcomes what each rank leaves
     */
    private record LocalRound(Exchange exchange, TrainState state, RankOutcome[] outcomes) {}

    private List<RankOutcome> inOneJvm(TrainState state, int steps) {
        Parameters parameters = new Parameters(
                state.parameters().theta().clone(), state.parameters().buffers().clone());
        VectorSlices slices = setup.update().slices(ranks.ranks());
        TreeSet<Integer> all =
                new TreeSet<>(IntStream.range(0, slices.ranks()).boxed().toList());
        Exchange exchange = new Exchange(parameters, setup.update(), slices, all, new Peers.None());
        RankOutcome[] outcomes = new RankOutcome[slices.ranks()];
        try (SharedMemory<LocalRound> local = SharedMemory.open(new LocalRound(exchange, state, outcomes))) {
            long number = local.number();
            ranks.runTogether((rank, worker, cancellation) -> {
                LocalRound round = SharedMemory.find(number, LocalRound.class);
                Exchange shared = round.exchange();
                Work work = new Work(rank, worker, shared, round.state(), steps, cancellation);
                round.outcomes()[rank] = work.run(() -> rank == 0 ? shared.bytesHandedOver() : 0);
                return rank;
            });
        } catch (Exception e) {
            // Spark reports whichever rank failed first in its eyes; the exchange knows the cause.
            throw exchange.failure() instanceof RuntimeException cause ? cause : unchecked(e);
        }
        return Arrays.asList(outcomes);
    }

    /**
     * Runs a round until it succeeds or has failed as often as Spark lets a task fail: always from the same state, so
     * to the same bits.
     */
    private List<RankOutcome> acrossJvms(TrainState state, int steps) {
        for (int attempt = 1; ; attempt++) {
            ranks.fitExecutors(state.stepInEpoch() == 0, notices);
            StateBroadcast sent = ranks.broadcast(state);
            try (Rendezvous rendezvous = new Rendezvous(run, rounds++, ranks.ranks())) {
                RoundAddress address = rendezvous.address();
                try {
                    List<byte[]> results = ranks.runTogether(
                            (rank, worker, cancellation) -> atSite(rank, worker, address, sent, steps, cancellation));
                    results.forEach(result -> ranks.countBytes(result.length));
                    return results.stream().map(RankOutcome::decode).toList();
                } catch (Exception e) {
                    RuntimeException failure = rendezvous.failure() == null
                            ? unchecked(e)
                            : new RoundFailedException(rendezvous.failure(), e);
                    if (rendezvous.failsAgain() || attempt == ranks.mostFailures()) {
                        throw failure;
                    }
                    notices.accept("steps " + (state.step() + 1) + " to " + (state.step() + steps)
                            + " are taken again, since a rank was lost: " + reason(failure));
                }
            } finally {
                sent.destroy();
            }
        }
    }

    /** Spark's own exceptions are checked ones, although its methods do not say so. */
    private static RuntimeException unchecked(Exception failure) {
        return failure instanceof RuntimeException same
                ? same
                : new RoundFailedException(failure.getMessage(), failure);
    }

    /** What the rank said, or what Spark says of its executor. */
    private static String reason(RuntimeException failure) {
        List<String> lines = String.valueOf(failure.getMessage()).lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith("ExecutorLostFailure"))
                .findFirst()
                .orElse(lines.isEmpty() ? failure.toString() : lines.get(0));
    }

    private static byte[] atSite(
            int rank,
            RankWorker worker,
            RoundAddress address,
            StateBroadcast sent,
            int steps,
            Cancellation cancellation) {
        try (Site.Seat seat = Site.enter(address, rank, cancellation)) {
            try {
                TrainState start = worker.open(sent);
                Exchange exchange = seat.join(worker.setup().update(), start::parameters);
                Work work = new Work(rank, worker, exchange, start, steps, cancellation);
                RankOutcome outcome = work.run(seat::bytesSent);
                seat.done();
                return outcome.encode();
            } catch (RuntimeException e) {
                seat.report(e);
                throw e;
            }
        }
    }

    /** What one rank does in a round, wherever the others are. */
    private record Work(
            int rank, RankWorker worker, Exchange exchange, TrainState start, int steps, Cancellation cancellation) {
        RankOutcome run(LongSupplier bytesSent) {
            float[] slots = exchange.slices().owned(rank, start.optimizerState());
            AllReduceRound.Result result = worker.allReduce(rank, exchange, start, steps, slots, cancellation);
            List<float[]> residuals = worker.residuals(start);
            return RankOutcome.of(rank, exchange, slots, residuals, result, bytesSent.getAsLong());
        }
    }
}
