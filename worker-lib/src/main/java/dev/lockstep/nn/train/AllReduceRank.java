package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.LossSum;
import java.util.List;

/**
 * One rank's part of a round in which the ranks combine gradients among themselves: in each step it computes gradient sums over its
 * shards, gives every other rank those for the slice of the parameters that the other owns, adds up what it gets for its own slice along
 * the shard tree, and steps the optimiser there. All ranks together do what {@link Synchronizer.Gradient} does, to the same bits.
 */
public final class AllReduceRank {
    private final Rank rank;
    private final int number;
    private final TrainingPlan plan;
    private final ParameterUpdate update;
    private final Exchange exchange;
    private final Runnable worthWhile;
    private final SliceUpdate slice;
    private long gathered;

    /**
     * A rank's part of one round.
     *
     * @param rank computes the gradients
     * @param number which rank of the round it is, and so which slice it owns
     * @param plan how rows become steps
     * @param update what is done with the gradient
     * @param exchange with the other ranks
     * @param worthWhile is asked from time to time while waiting, and throws if nobody needs the round any more
     */
    public AllReduceRank(
            Rank rank, int number, TrainingPlan plan, ParameterUpdate update, Exchange exchange, Runnable worthWhile) {
        this.rank = rank;
        this.number = number;
        this.plan = plan;
        this.update = update;
        this.exchange = exchange;
        this.worthWhile = worthWhile;
        VectorSlices slices = exchange.slices();
        this.slice = new SliceUpdate(
                update,
                slices.from(number),
                slices.to(number),
                own -> exchange.gather(gathered++, number, own, worthWhile));
    }

    /**
     * Takes the steps of the round.
     *
     * @param start where it begins; its position, losses and history are read, its vectors are not
     * @param steps how many, within the epoch
     * @param optimizerState updated: the optimiser's slots of the rank's slice, slot after slot
     * @return the losses of the epoch so far
     * @throws PeerFailureException if another rank fails
     */
    public LossSum run(TrainState start, int steps, float[] optimizerState) {
        try {
            LossSum losses = start.epochLosses();
            for (int i = 0; i < steps; i++) {
                StepPosition position = new StepPosition(start.step() + i, start.epoch(), start.stepInEpoch() + i);
                losses = losses.plus(step(i, position, start.history(), optimizerState));
            }
            return losses;
        } catch (RuntimeException | Error e) {
            exchange.fail(e);
            throw e;
        }
    }

    private LossSum step(long step, StepPosition position, List<EpochMetrics> history, float[] optimizerState) {
        Parameters parameters = exchange.parameters();
        exchange.giveGradients(step, number, rank.gradients(parameters, position));
        StepSum total =
                ShardTree.combine(plan.shards(), exchange.takeGradients(step, number, worthWhile), StepSum::merge);
        LossSum losses = total == null ? LossSum.ZERO : total.losses();
        if (total != null) {
            double learningRate = update.learningRate(position.step(), history);
            slice.apply(
                    position.step(),
                    learningRate,
                    parameters.theta(),
                    total.gradient(),
                    losses.weight(),
                    optimizerState);
            if (number == 0) {
                update.updateStatistics(total.moments(), parameters.buffers());
            }
        }
        exchange.giveParameters(step, number);
        exchange.awaitParameters(step, number, losses.weight() != 0, worthWhile);
        return losses;
    }
}
