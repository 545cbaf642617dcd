package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.UpdateStep;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The step from the shards' mean parameters to the next parameters, at the end of an averaging round. */
public sealed interface OuterOptimizer extends Serializable {

    /** Whether it keeps a velocity, one float a parameter, between rounds. */
    default boolean keepsVelocity() {
        return false;
    }

    /** Whether the inner optimiser should take plain steps, without rates that it measures. */
    default boolean expectsPlainSteps() {
        return false;
    }

    /** The same with what follows from the number of shards. */
    default OuterOptimizer over(int shards) {
        return this;
    }

    /**
     * Computes the next parameters.
     *
     * @param theta updated: the parameters at the round's start
     * @param mean read, and destroyed: the mean of the shards' parameters at its end
     * @param velocity updated: the outer momentum; empty where it keeps none
     */
    void update(float[] theta, float[] mean, float[] velocity);

    /** The mean itself: plain parameter averaging. */
    @SpecName("plain")
    record Plain() implements OuterOptimizer {
        @Override
        public void update(float[] theta, float[] mean, float[] velocity) {
            System.arraycopy(mean, 0, theta, 0, theta.length);
        }
    }

    /**
     * A Nesterov step along the mean displacement, as in DiLoCo (Douillard et al. 2023): with {@code d = theta - mean},
     * {@code v = mu v + d} and {@code theta -= lr (d + mu v)}.
     *
     * @param learningRate {@code lr}; 0.7 unless given
     * @param momentum {@code mu} in [0, 1); 0.9 unless given
     */
    @SpecName("nesterov")
    record Nesterov(Double learningRate, Double momentum) implements OuterOptimizer {
        public Nesterov {
            learningRate = learningRate == null ? 0.7 : Expect.positiveFloat("learningRate", learningRate);
            momentum = momentum == null ? 0.9 : Expect.fractionFloat("momentum", momentum);
        }

        @Override
        public boolean keepsVelocity() {
            return true;
        }

        @Override
        public void update(float[] theta, float[] mean, float[] velocity) {
            displace(theta, mean);
            Kernels.get()
                    .optimizers()
                    .nesterov(
                            new UpdateStep(1f, 0f, learningRate.floatValue()),
                            momentum.floatValue(),
                            Vector.of(theta),
                            Vector.of(mean),
                            new Matrix().at(velocity, 0, 1, velocity.length));
        }
    }

    /**
     * Blockwise model update filtering (Chen and Huo 2016) with classical block momentum: with {@code d = theta -
     * mean}, {@code v = eta v + zeta d} and {@code theta -= v}. A momentum of {@code 1 - 1/N} for {@code N} shards
     * makes up for the averaging of {@code N} displacements, as its authors advise: it is what an absent one becomes.
     * The inner steps are meant to be plain ones; what an adaptive optimiser has measured does not fit the parameters
     * that the outer momentum leads to.
     *
     * @param learningRate {@code zeta}, the block learning rate; 1 unless given
     * @param momentum {@code eta} in [0, 1), the block momentum; null: {@code 1 - 1/N}
     */
    @SpecName("bmuf")
    record Bmuf(Double learningRate, @Nullable Double momentum) implements OuterOptimizer {
        public Bmuf {
            learningRate = learningRate == null ? 1 : Expect.positiveFloat("learningRate", learningRate);
            momentum = momentum == null ? null : Expect.fractionFloat("momentum", momentum);
        }

        @Override
        public boolean expectsPlainSteps() {
            return true;
        }

        @Override
        public OuterOptimizer over(int shards) {
            return momentum == null ? new Bmuf(learningRate, 1 - 1.0 / shards) : this;
        }

        @Override
        public boolean keepsVelocity() {
            return true;
        }

        @Override
        public void update(float[] theta, float[] mean, float[] velocity) {
            displace(theta, mean);
            Kernels.get()
                    .optimizers()
                    .momentum(
                            new UpdateStep(learningRate.floatValue(), 0f, 1f),
                            Objects.requireNonNull(momentum, "the number of shards")
                                    .floatValue(),
                            Vector.of(theta),
                            Vector.of(mean),
                            new Matrix().at(velocity, 0, 1, velocity.length));
        }
    }

    /** Turns the mean into {@code d = theta - mean}, which takes the place of a gradient. */
    private static void displace(float[] theta, float[] mean) {
        Kernels.get().elementwise().subtract(theta, 0, mean, 0, mean, 0, theta.length);
    }
}
