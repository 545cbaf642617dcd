package dev.lockstep.spark.sync;

import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.Peers;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.VectorSlices;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/**
 * Gradient mode inside the stage: one barrier stage runs a round of many steps, in which the ranks combine gradients among themselves ({@link
 * dev.lockstep.nn.train.AllReduceRank}). The bits are those of {@link Synchronizer.Gradient}. A round ends with the epoch at the latest and is
 * otherwise as long as {@link RoundLength} makes it.
 */
public final class AllReduce implements Synchronizer {
    private final TrainingPlan plan;
    private final ParameterUpdate update;
    private final RankPool ranks;
    private final VectorSlices slices;
    private final RoundLength length = new RoundLength();

    /**
     * All-reduce.
     *
     * @param plan how rows become steps
     * @param update what owners of slices do with the gradients
     * @param ranks the ranks over the training rows
     */
    public AllReduce(TrainingPlan plan, ParameterUpdate update, RankPool ranks) {
        if (!ranks.inOneJvm()) {
            throw new IllegalArgumentException(
                    "sync.transport: expected driver on a cluster, got allreduce, which so far"
                            + " needs all ranks in one JVM (--master local[N])");
        }
        this.plan = plan;
        this.update = update;
        this.ranks = ranks;
        this.slices = update.slices(ranks.ranks());
    }

    @Override
    public TrainState round(TrainState state) {
        int steps = length.steps(plan.stepsPerEpoch() - state.stepInEpoch());
        long start = System.nanoTime();
        List<RankOutcome> outcomes = inOneJvm(state, steps);
        length.took(steps, System.nanoTime() - start);
        outcomes.forEach(outcome -> ranks.countBytes(outcome.bytesSent()));
        return RankOutcome.state(state, steps, slices, outcomes);
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
        TreeSet<Integer> all =
                new TreeSet<>(IntStream.range(0, slices.count()).boxed().toList());
        Exchange exchange = new Exchange(parameters, update, slices, all, new Peers.None());
        RankOutcome[] outcomes = new RankOutcome[slices.count()];
        try (SharedMemory<LocalRound> shared = SharedMemory.open(new LocalRound(exchange, state, outcomes))) {
            long number = shared.number();
            ranks.runTogether((rank, worker) -> {
                LocalRound round = SharedMemory.find(number, LocalRound.class);
                round.outcomes()[rank] = run(rank, worker, round.exchange(), round.state(), steps);
                return rank;
            });
        } catch (RuntimeException e) {
            // Spark reports whichever rank failed first in its eyes; the exchange knows the cause.
            throw exchange.failure() instanceof RuntimeException cause ? cause : e;
        }
        return Arrays.asList(outcomes);
    }

    private static RankOutcome run(int rank, RankWorker worker, Exchange exchange, TrainState start, int steps) {
        float[] slots = RankOutcome.slots(start, exchange.slices(), rank);
        TaskContext task = TaskContext.get();
        LossSum losses = worker.allReduce(rank, exchange, start, steps, slots, () -> {
            if (task.isInterrupted()) {
                throw new TaskKilledException("the round was given up");
            }
        });
        return RankOutcome.of(
                rank,
                exchange.slices(),
                exchange.parameters(),
                slots,
                losses,
                rank == 0 ? exchange.bytesHandedOver() : 0);
    }
}
