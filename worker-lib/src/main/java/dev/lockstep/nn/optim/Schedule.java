package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.io.Serializable;

/**
 * The learning rate over time, as a factor of the optimiser's own rate. A pure function of the step; its arithmetic is
 * double with {@link StrictMath}, so that it is the same on every JDK.
 */
public sealed interface Schedule extends Serializable {

    /**
     * Factor of the learning rate.
     *
     * @param step steps taken before this one
     * @param horizon the length of the training
     */
    double factor(long step, Horizon horizon);

    /** {@code 1} throughout. */
    @SpecName("constant")
    record Constant() implements Schedule {
        @Override
        public double factor(long step, Horizon horizon) {
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
        public double factor(long step, Horizon horizon) {
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
        public double factor(long step, Horizon horizon) {
            return StrictMath.pow(rate, epoch(step, horizon));
        }
    }

    /**
     * {@code end + (1 - end) (1 - step/total)^power}; linear for power 1.
     *
     * @param power the exponent; 1 unless given
     * @param end factor at the last step; 0 unless given
     */
    @SpecName("polynomial")
    record Polynomial(Double power, Double end) implements Schedule {
        public Polynomial {
            power = power == null ? 1 : Expect.positive("power", power);
            end = end == null ? 0 : Expect.notNegative("end", end);
        }

        @Override
        public double factor(long step, Horizon horizon) {
            return end + (1 - end) * StrictMath.pow(1 - progress(step, horizon), power);
        }
    }

    /**
     * {@code end + (1 - end) (1 + cos(pi step/total)) / 2} (Loshchilov and Hutter 2017, without restarts).
     *
     * @param end factor at the last step; 0 unless given
     */
    @SpecName("cosine")
    record Cosine(Double end) implements Schedule {
        public Cosine {
            end = end == null ? 0 : Expect.notNegative("end", end);
        }

        @Override
        public double factor(long step, Horizon horizon) {
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
        public double factor(long step, Horizon horizon) {
            long rise = Math.max(1, Math.round(epochs * horizon.stepsPerEpoch()));
            if (step < rise) {
                return (step + 1) / (double) rise;
            }
            return then.factor(
                    step - rise, new Horizon(horizon.stepsPerEpoch(), Math.max(1, horizon.totalSteps() - rise)));
        }
    }

    private static double epoch(long step, Horizon horizon) {
        return step / (double) horizon.stepsPerEpoch();
    }

    private static double progress(long step, Horizon horizon) {
        return Math.min(1, step / (double) horizon.totalSteps());
    }
}
