package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * An average over the weights of the steps, which is flatter ground than the last ones: {@code a = a + (theta - a) s}
 * after each step, with {@code s} the {@link #share} of the step. It is a slot beside those of the optimiser, so it is
 * divided, averaged, kept in checkpoints and sent as they are.
 */
public sealed interface WeightAverage extends Serializable {

    /**
     * The share of a step's new weights in the average; 0 leaves it as it is, 1 starts again.
     *
     * @param step steps taken before this one
     * @param horizon the length of the training
     */
    double share(long step, Horizon horizon);

    /**
     * How many steps' weights are in the average after a step; below 1 before the first of them.
     *
     * @param step steps taken before this one
     */
    long taken(long step, Horizon horizon);

    /** Whether it follows from the length of the training. */
    boolean needsLength();

    /**
     * Exponential moving average (Polyak and Juditsky 1992; Kingma and Ba 2015): step {@code t} of {@code T} counts
     * {@code decay^(T - t)}, in shares of what all of them count, {@code (1 - decay) / (1 - decay^t)}.
     *
     * @param decay from 0 to below 1; 0.999 unless given
     */
    @SpecName("ema")
    record Ema(Double decay) implements WeightAverage {
        public Ema {
            decay = decay == null ? 0.999 : Expect.inRange("decay", decay, 0, 1);
        }

        @Override
        public double share(long step, Horizon horizon) {
            return (1 - decay) / (1 - StrictMath.pow(decay, step + 1));
        }

        @Override
        public long taken(long step, Horizon horizon) {
            return step + 1;
        }

        @Override
        public boolean needsLength() {
            return false;
        }
    }

    /**
     * Stochastic weight averaging (Izmailov et al. 2018): the mean of the weights at regular steps of the last part of
     * the training. Before the first of them the average is the weights themselves.
     *
     * @param from after which part of all steps it begins, from 0 to below 1; 0.75 unless given
     * @param everySteps steps from one to the next; an epoch unless given
     */
    @SpecName("swa")
    record Swa(Double from, @Nullable Integer everySteps) implements WeightAverage {
        public Swa {
            from = from == null ? 0.75 : Expect.inRange("from", from, 0, 1);
            if (everySteps != null) {
                Expect.atLeast("everySteps", everySteps, 1);
            }
        }

        @Override
        public double share(long step, Horizon horizon) {
            long taken = taken(step, horizon);
            if (taken < 1) {
                return 1;
            }
            return (step + 1) % every(horizon) == 0 ? 1.0 / taken : 0;
        }

        @Override
        public long taken(long step, Horizon horizon) {
            long every = every(horizon);
            long before = (long) (from * horizon.totalSteps()) / every;
            return (step + 1) / every - before;
        }

        private long every(Horizon horizon) {
            return everySteps == null ? horizon.stepsPerEpoch() : everySteps;
        }

        @Override
        public boolean needsLength() {
            return true;
        }
    }
}
