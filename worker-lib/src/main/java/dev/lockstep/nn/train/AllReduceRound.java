package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StepExchange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * One rank's part of a round in which the ranks combine gradients among themselves: in each step it computes gradient
 * sums over its shards, gives every other rank those for the slices of the parameters that the other owns as soon as
 * they are complete, adds up what it gets for its own slices along the shard tree, and steps the optimiser there;
 * between layers of the backward pass, if what the others have to give has come by then. All ranks together do what
 * {@link Synchronizer.Gradient} does, to the same bits.
 */
public final class AllReduceRound {
    private final Rank rank;
    private final int number;
    private final TrainingPlan plan;
    private final ParameterUpdate update;
    private final Exchange exchange;
    private final Cancellation cancellation;
    /** In the order in which the backward pass completes them: the last one first. */
    private final List<OwnSlice> own = new ArrayList<>();

    private final StepExchange shardSums = new ShardSums();
    /** Volatile: {@link #progress} is asked from other threads. */
    private volatile StepClock clock = new StepClock();

    private long gathered;

    /**
     * A slice that this rank owns.
     *
     * @param number of the slice
     * @param update of the slice
     * @param stateOffset where the optimiser's slots of the slice begin among those of this rank
     */
    private record OwnSlice(int number, SliceUpdate update, int stateOffset) {}

    /**
     * A rank's part of one round.
     *
     * @param rank computes the gradients
     * @param number which rank of the round it is, and so which slices it owns
     * @param exchange with the other ranks
     * @param cancellation is asked before each step and while waiting
     */
    public AllReduceRound(Rank rank, int number, Exchange exchange, Cancellation cancellation) {
        this.rank = rank;
        this.number = number;
        this.plan = rank.setup().plan();
        this.update = rank.setup().update();
        this.exchange = exchange;
        this.cancellation = cancellation;
        VectorSlices slices = exchange.slices();
        int stateOffset = 0;
        for (int slice : slices.of(number)) {
            SliceUpdate sliceUpdate = new SliceUpdate(update, slices.from(slice), slices.to(slice), this::gather);
            own.add(0, new OwnSlice(slice, sliceUpdate, stateOffset));
            stateOffset += update.slots() * slices.length(slice);
        }
    }

    /**
     * Takes the steps of the round.
     *
     * @param start where it begins; its position, losses, history and the slots of the rank's slices are read, the
     *     residuals of the rank's shards are updated, its other vectors are not used
     * @param steps how many, within the epoch
     * @throws PeerFailureException if another rank fails
     */
    public RoundOutcome run(TrainState start, int steps) {
        return run(start, ownSlots(start), steps);
    }

    private float[] ownSlots(TrainState start) {
        try {
            return exchange.slices().owned(number, start.optimizerState());
        } catch (RuntimeException | Error e) {
            exchange.fail(e);
            throw e;
        }
    }

    /**
     * The same where the slots of the rank's slices are no part of the state.
     *
     * @param optimizerState updated: the optimiser's slots, slice after slice, and in each slot after slot
     */
    public RoundOutcome run(TrainState start, float[] optimizerState, int steps) {
        try {
            clock = new StepClock();
            rank.resume(start);
            LossSum losses = start.epochLosses();
            for (int i = 0; i < steps; i++) {
                cancellation.check();
                StepPosition position = new StepPosition(start.step() + i, start.epoch(), start.stepInEpoch() + i);
                losses = losses.plus(step(i, position, start.history(), optimizerState));
            }
            return new RoundOutcome(optimizerState, losses, clock.times());
        } catch (RuntimeException | Error e) {
            exchange.fail(e);
            throw e;
        }
    }

    /** How far the rank has come; any thread may ask while it is at work. */
    public RankProgress progress() {
        StepClock now = clock;
        return new RankProgress(now.since(), now.waits());
    }

    private LossSum step(long inRound, StepPosition position, List<EpochMetrics> history, float[] optimizerState) {
        Step step = new Step(inRound, position, update.rates(position.step(), history), optimizerState);
        rank.gradients(exchange.parameters(), position, shardSums, step);
        LossSum losses = step.finish();
        clock.enter(StepClock.Phase.WAIT);
        exchange.awaitParameters(inRound, number, losses.weight() != 0, cancellation);
        clock.enter(StepClock.Phase.COMPUTE);
        return losses;
    }

    /**
     * One step during the backward pass, which completes the last slice first: gives owners their slices of the
     * gradients, and updates the own slices for which all ranks have given theirs.
     */
    private final class Step implements Rank.Progress {
        private final long step;
        private final StepPosition position;
        private final StepRates rates;
        private final float[] optimizerState;
        /** This slice and those after it have been given. */
        private int given = exchange.slices().count();
        /** So many of the own slices have been updated. */
        private int updated;

        private LossSum losses = LossSum.ZERO;

        Step(long step, StepPosition position, StepRates rates, float[] optimizerState) {
            this.step = step;
            this.position = position;
            this.rates = rates;
            this.optimizerState = optimizerState;
        }

        @Override
        public void complete(int first, List<ShardTree.Partial<StepSum>> sums) {
            StepClock.Phase before = clock.enter(StepClock.Phase.COPY);
            VectorSlices slices = exchange.slices();
            while (given > 0 && slices.from(given - 1) >= first) {
                int from = slices.firstOfBucket(given - 1);
                while (slices.from(from) < first) {
                    from++;
                }
                give(from, given - from, sums);
                given = from;
            }
            clock.enter(before);
            // An update that needs all slices waits for other ranks: only when the pass is over are all of them about
            // to do the same.
            if (!update.needsAllSlices()) {
                while (updated < own.size()
                        && exchange.hasGradients(step, own.get(updated).number())) {
                    updateNext();
                }
            }
        }

        private void give(int from, int count, List<ShardTree.Partial<StepSum>> sums) {
            for (int i = 0; i < count; i++) {
                // Everyone begins with another owner, the next one.
                exchange.giveGradients(step, number, from + (number + 1 + i) % count, sums, plan.shards());
            }
        }

        /** Updates the own slices that are left; returns the losses of all rows of the step. */
        LossSum finish() {
            while (updated < own.size()) {
                updateNext();
            }
            return losses;
        }

        private void updateNext() {
            OwnSlice slice = own.get(updated++);
            clock.enter(StepClock.Phase.WAIT);
            List<ShardTree.Partial<StepSum>> all = exchange.takeGradients(step, slice.number(), cancellation);
            clock.enter(StepClock.Phase.COMPUTE);
            StepSum total = ShardTree.combine(plan.shards(), all, StepSum::merge);
            losses = total == null ? LossSum.ZERO : total.losses();
            if (total != null) {
                total.checkRange(position);
                Parameters parameters = exchange.parameters();
                slice.update()
                        .apply(
                                position.step(),
                                rates,
                                parameters.theta(),
                                total.gradient(),
                                losses,
                                optimizerState,
                                slice.stateOffset());
                if (slice.number() == 0) {
                    update.updateStatistics(total.moments(), parameters.buffers());
                }
            }
            clock.enter(StepClock.Phase.COPY);
            exchange.giveParameters(step, slice.number());
            clock.enter(StepClock.Phase.COMPUTE);
        }
    }

    private double[] gather(double[] own) {
        StepClock.Phase before = clock.enter(StepClock.Phase.WAIT);
        double[] numbers = exchange.gather(gathered++, number, own, cancellation);
        clock.enter(before);
        return numbers;
    }

    /**
     * Sums that layers need of all shards in the middle of a pass: every rank gives its nodes to all others, and each
     * merges them.
     */
    private final class ShardSums implements StepExchange {
        /** Numbers before a node's own: its two shards, and how many numbers it has, -1 where no shard has rows. */
        private static final int HEADER = 3;

        @Override
        public List<ShardTree.Node> nodes() {
            return rank.nodes();
        }

        @Override
        public double @Nullable [] combine(List<ShardTree.Partial<double[]>> own, BinaryOperator<double[]> merge) {
            return ShardTree.combine(plan.shards(), decode(gather(encode(own))), merge);
        }

        private static double[] encode(List<ShardTree.Partial<double[]>> nodes) {
            DoubleStream.Builder numbers = DoubleStream.builder();
            for (ShardTree.Partial<double[]> partial : nodes) {
                double[] sum = partial.sum();
                numbers.add(partial.node().from()).add(partial.node().to()).add(sum == null ? -1 : sum.length);
                if (sum != null) {
                    Arrays.stream(sum).forEach(numbers);
                }
            }
            return numbers.build().toArray();
        }

        private static List<ShardTree.Partial<double[]>> decode(double[] numbers) {
            List<ShardTree.Partial<double[]>> nodes = new ArrayList<>();
            int at = 0;
            while (at < numbers.length) {
                ShardTree.Node node = new ShardTree.Node((int) numbers[at], (int) numbers[at + 1]);
                int length = (int) numbers[at + 2];
                at += HEADER;
                nodes.add(new ShardTree.Partial<>(
                        node, length < 0 ? null : Arrays.copyOfRange(numbers, at, at + length)));
                at += Math.max(length, 0);
            }
            return nodes;
        }
    }
}
