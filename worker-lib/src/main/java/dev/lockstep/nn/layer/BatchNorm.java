package dev.lockstep.nn.layer;

import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.ParameterRole;
import dev.lockstep.nn.param.StatisticsRange;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;

/**
 * Batch normalisation (Ioffe and Szegedy 2015) of each channel, the last axis, over rows and all other axes:
 *
 * <pre>{@code
 * y = f(gain (x - mean) / sqrt(variance + epsilon) + shift)
 * dgain = sum dz xhat, dshift = sum dz, dx = gain / (n sigma) (n dz - sum dz - xhat sum dz xhat)
 * }</pre>
 *
 * <p>In training mean and biased variance are those of the row's own shard, over its n elements in the step, or with
 * {@link Statistics#GLOBAL} those of all shards, merged exactly along their tree, as are then the two sums of dx; a
 * shard without rows adds none. Outside training they are the running statistics, which in either case take in once a
 * step the mean and the unbiased variance of <em>all</em> shards' elements.
 *
 * <p>Shapes: {@code x}, {@code y [..., channels]}, {@code gain}, {@code shift [channels]}, which begin at 1 and 0 and
 * are never decayed. Of a sequence the valid steps count. Keeps its output and each shard's mean and deviation.
 *
 * @param momentum the share of the old running statistics in the new ones after a step, as Keras defines it (PyTorch's
 *     is 1 less this); 0.9 unless given
 * @param epsilon keeps the divisor from 0; 1e-5 unless given
 * @param statistics whose rows are normalised together: shard unless given
 * @param activation {@code f}; linear unless given. A ReLU costs no pass of its own here
 */
@SpecName("batchNorm")
public record BatchNorm(Double momentum, Double epsilon, Statistics statistics, Activation activation)
        implements LayerSpec, Activated {

    /** Whose rows are normalised together. */
    public enum Statistics {
        /** The rows of a shard in a step. */
        SHARD,
        /**
         * All rows of a step, as in one process: forward and backward each wait for sums over the shards of all ranks,
         * which travel by all-reduce.
         */
        GLOBAL
    }

    public BatchNorm {
        momentum = momentum == null ? 0.9 : Expect.inRange("momentum", momentum, 0, 1);
        epsilon = epsilon == null ? 1e-5 : Expect.positive("epsilon", epsilon);
        statistics = statistics == null ? Statistics.SHARD : statistics;
        activation = activation == null ? new Activation.Linear() : activation;
    }

    /** With the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public BatchNorm() {
        this(null, null, null, null);
    }

    /** With an activation and the defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public BatchNorm(Activation activation) {
        this(null, null, null, activation);
    }

    @Override
    public BatchNorm withActivation(Activation other) {
        return new BatchNorm(momentum, epsilon, statistics, other);
    }

    @Override
    public boolean readsStepByStep() {
        return true;
    }

    @Override
    public Layer bind(Shape input, ParameterLayout layout) {
        String name = layout.nameLayer("batchNorm");
        activation.check(name, input);
        Shape channels = Shape.of(input.last());
        int gain = layout.reserve(name, "gain", channels, ParameterRole.GAIN, Initializer.ONES);
        int shift = layout.reserve(name, "shift", channels, ParameterRole.GAIN, Initializer.ZEROS);
        StatisticsRange running =
                layout.reserveStatistics(name, input.last(), momentum, statistics == Statistics.GLOBAL);
        return new BatchNormLayer(name, input, gain, shift, running, epsilon, activation);
    }
}
