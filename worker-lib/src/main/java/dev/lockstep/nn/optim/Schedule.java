package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.io.Serializable;
import java.util.List;

/**
 * The learning rate over time, as a factor of the optimiser's own rate. A pure function of the step and of the figures
 * of the completed epochs, so that it needs no state and a resumed run continues with it; its arithmetic is double with
 * {@link StrictMath}, so that it is the same on every JDK.
 */
public sealed interface Schedule extends Serializable {

    /**
     * Factor of the learning rate.
     *
     * @param step steps taken before this one
     * @param horizon the length of the training
     * @param history the epochs completed before this step's
     */
    double factor(long step, Horizon horizon, List<? extends EpochOutcome> history);

    /** Whether it looks at the validation loss, which then has to be there. */
    default boolean needsValidation() {
        return false;
    }

    /**
     * Whether it depends on how long the training will be, so that a longer one is another one from its first step on.
     */
    default boolean needsLength() {
        return false;
    }

    /** {@code 1} throughout. */
    @SpecName("constant")
    record Constant() implements Schedule {
        @Override
        public double factor(long step, Horizon horizon, List<? extends EpochOutcome> history) {
            return 1;
        }
    }

    /**
     * {@code rate^floor(epoch / every)}, the epoch counted from 0.
     *
     * @param every epochs between drops
     * @param rate factor of each drop; 0.1 unless given
     */
    @SpecName("step")
    record Step(double every, Double rate) implements Schedule {
        public Step {
            Expect.positive("every", every);
            rate = rate == null ? 0.1 : Expect.positive("rate", rate);
        }

        @Override
        public double factor(long step, Horizon horizon, List<? extends EpochOutcome> history) {
            return StrictMath.pow(rate, Math.floor(epoch(step, horizon) / every));
        }
    }

    /**
     * {@code rate^epoch}, with fractions of an epoch.
     *
     * @param rate factor an epoch
     */
    @SpecName("exponential")
    record Exponential(double rate) implements Schedule {
        public Exponential {
            Expect.positive("rate", rate);
        }

        @Override
        public double factor(long step, Horizon horizon, List<? extends EpochOutcome> history) {
            return StrictMath.pow(rate, epoch(step, horizon));
        }
    }

    /**
     * {@code end + (1 - end) (1 - step/total)^power}; linear for power 1.
     *
     * @param power the exponent; 1 unless given
     * @param end factor that is reached when the last step has been taken; 0 unless given
     */
    @SpecName("polynomial")
    record Polynomial(Double power, Double end) implements Schedule {
        public Polynomial {
            power = power == null ? 1 : Expect.positive("power", power);
            end = end == null ? 0 : Expect.notNegative("end", end);
        }

        @Override
        public boolean needsLength() {
            return true;
        }

        @Override
        public double factor(long step, Horizon horizon, List<? extends EpochOutcome> history) {
            return end + (1 - end) * StrictMath.pow(1 - progress(step, horizon), power);
        }
    }

    /**
     * {@code end + (1 - end) (1 + cos(pi step/total)) / 2} (Loshchilov and Hutter 2017, without restarts).
     *
     * @param end factor that is reached when the last step has been taken; 0 unless given
     */
    @SpecName("cosine")
    record Cosine(Double end) implements Schedule {
        public Cosine {
            end = end == null ? 0 : Expect.notNegative("end", end);
        }

        @Override
        public boolean needsLength() {
            return true;
        }

        @Override
        public double factor(long step, Horizon horizon, List<? extends EpochOutcome> history) {
            return end + (1 - end) * (1 + StrictMath.cos(Math.PI * progress(step, horizon))) / 2;
        }
    }

    /**
     * Rises linearly to 1 over the first epochs, {@code (step + 1) / steps}, then follows another schedule, which sees
     * the remaining steps as its whole training.
     *
     * @param epochs epochs of the rise, fractions allowed
     * @param then what follows; constant unless given
     */
    @SpecName("warmup")
    record Warmup(double epochs, Schedule then) implements Schedule {
        public Warmup {
            then = then == null ? new Constant() : then;
            Expect.positive("epochs", epochs);
        }

        @Override
        public boolean needsValidation() {
            return then.needsValidation();
        }

        @Override
        public boolean needsLength() {
            return then.needsLength();
        }

        @Override
        public double factor(long step, Horizon horizon, List<? extends EpochOutcome> history) {
            long rise = Math.max(1, Math.round(epochs * horizon.stepsPerEpoch()));
            if (step < rise) {
                return (step + 1) / (double) rise;
            }
            return then.factor(
                    step - rise,
                    new Horizon(horizon.stepsPerEpoch(), Math.max(1, horizon.totalSteps() - rise)),
                    history);
        }
    }

    /**
     * One cycle (Smith and Topin 2019): from {@code start} up to 1 and down to {@code end}, along half a cosine each.
     * The optimiser's rate is the peak, and its momentum stays as it is.
     *
     * @param rise share of the training that goes up, in (0, 1); 0.3 unless given
     * @param start factor at the first step; 0.04 unless given
     * @param end factor at the last step; 4e-6 unless given
     */
    @SpecName("oneCycle")
    record OneCycle(Double rise, Double start, Double end) implements Schedule {
        public OneCycle {
            rise = rise == null ? 0.3 : Expect.positive("rise", Expect.inRange("rise", rise, 0, 1));
            start = start == null ? 0.04 : Expect.notNegative("start", start);
            end = end == null ? 4e-6 : Expect.notNegative("end", end);
        }

        @Override
        public boolean needsLength() {
            return true;
        }

        @Override
        public double factor(long step, Horizon horizon, List<? extends EpochOutcome> history) {
            long top = Math.round(rise * horizon.totalSteps());
            if (step < top) {
                return between(start, 1, step / (double) top);
            }
            long fall = Math.max(1, horizon.totalSteps() - 1 - top);
            return between(1, end, Math.min(1, (step - top) / (double) fall));
        }

        private static double between(double from, double to, double part) {
            return to + (from - to) * (1 + StrictMath.cos(Math.PI * part)) / 2;
        }
    }

    /**
     * Drops by {@code rate} whenever the watched loss has not become smaller by more than {@code threshold}, a part of
     * the best one so far, for {@code patience} epochs; the count then starts again. A function of the epochs' figures
     * alone.
     *
     * @param rate factor of each drop, in (0, 1); 0.1 unless given
     * @param patience epochs without progress that lead to a drop; 10 unless given
     * @param threshold least progress that counts; 1e-4 unless given
     * @param thresholdMode what that is a part of; the best loss unless given
     * @param minimum least factor; 0 unless given
     * @param metric the loss to watch; the validation loss unless given
     */
    @SpecName("reduceOnPlateau")
    record ReduceOnPlateau(
            Double rate, Integer patience, Double threshold, Progress thresholdMode, Double minimum, Watched metric)
            implements Schedule {

        /** The reference of the threshold. */
        public enum Progress {
            /** The best loss so far: it has to fall by {@code threshold abs(best)}. */
            RELATIVE,
            /** Nothing: it has to fall by {@code threshold}. */
            ABSOLUTE
        }

        /** The loss to watch. */
        public enum Watched {
            /** Mean loss over the validation rows. */
            VALIDATION_LOSS,
            /** Mean training loss of the epoch. */
            LOSS
        }

        public ReduceOnPlateau {
            rate = rate == null ? 0.1 : Expect.positive("rate", Expect.inRange("rate", rate, 0, 1));
            patience = patience == null ? 10 : Expect.atLeast("patience", patience, 1);
            threshold = threshold == null ? 1e-4 : Expect.notNegative("threshold", threshold);
            thresholdMode = thresholdMode == null ? Progress.RELATIVE : thresholdMode;
            minimum = minimum == null ? 0 : Expect.notNegative("minimum", minimum);
            metric = metric == null ? Watched.VALIDATION_LOSS : metric;
        }

        @Override
        public boolean needsValidation() {
            return metric == Watched.VALIDATION_LOSS;
        }

        @Override
        public double factor(long step, Horizon horizon, List<? extends EpochOutcome> history) {
            double factor = 1;
            double best = Double.POSITIVE_INFINITY;
            int waited = 0;
            for (EpochOutcome epoch : history) {
                double value = metric == Watched.LOSS ? epoch.loss() : epoch.validationLoss();
                if (value < best - leastProgress(best)) {
                    best = value;
                    waited = 0;
                } else if (++waited == patience) {
                    factor = Math.max(minimum, factor * rate);
                    waited = 0;
                }
            }
            return factor;
        }

        private double leastProgress(double best) {
            // The first loss is progress.
            return thresholdMode == Progress.ABSOLUTE || Double.isInfinite(best)
                    ? threshold
                    : threshold * Math.abs(best);
        }
    }

    private static double epoch(long step, Horizon horizon) {
        return step / (double) horizon.stepsPerEpoch();
    }

    private static double progress(long step, Horizon horizon) {
        return Math.min(1, step / (double) horizon.totalSteps());
    }
}
