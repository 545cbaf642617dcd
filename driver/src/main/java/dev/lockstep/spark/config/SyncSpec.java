package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.train.Compression;
import dev.lockstep.nn.train.OuterOptimizer;

/**
 * How the shards agree on parameters.
 *
 * @param mode after every step, or after several local ones; {@code gradient} unless given
 * @param localSteps averaging mode: steps that each shard takes between two averages; 8 unless given
 * @param outer averaging mode: what turns the average into the next parameters; plain (the average itself) unless given
 * @param transport how sums travel; {@code auto} unless given
 * @param compression gradient mode: what is done to gradient sums so that there is less to send; nothing unless given
 */
public record SyncSpec(
        Mode mode, Integer localSteps, OuterOptimizer outer, Transport transport, Compression compression) {
    /** What an absent {@code sync} means. */
    @SuppressWarnings("NullAway") // what is absent is null to the constructor, which applies the default
    public static final SyncSpec DEFAULTS = new SyncSpec(null, null, null, null, null);

    /** When the shards agree. */
    public enum Mode {
        /** Every step: the gradients of all shards make one step. */
        GRADIENT,
        /** Every {@code localSteps} steps: each shard trains alone, then parameters are averaged. */
        AVERAGING
    }

    /** How sums travel. */
    public enum Transport {
        /** To the driver and back. */
        DRIVER,
        /** Between the ranks. */
        ALLREDUCE,
        /** Whichever is faster for gradients, to be measured; averages go to the driver. */
        AUTO
    }

    /** Applies the defaults and checks. */
    public SyncSpec {
        mode = requireNonNullElse(mode, Mode.GRADIENT);
        localSteps = Expect.atLeast("localSteps", requireNonNullElse(localSteps, 8), 1);
        outer = requireNonNullElseGet(outer, OuterOptimizer.Plain::new);
        transport = requireNonNullElse(transport, Transport.AUTO);
        compression = requireNonNullElseGet(compression, Compression.None::new);
        if (transport == Transport.ALLREDUCE && mode == Mode.AVERAGING) {
            throw new IllegalArgumentException("transport: averaging mode needs driver, got allreduce");
        }
        if (mode == Mode.AVERAGING && !(compression instanceof Compression.None)) {
            throw new IllegalArgumentException(
                    "compression: expected none, because averaging mode sends parameters, whose"
                            + " changes would vanish in the rounding, got " + SpecMapper.tree(compression));
        }
    }

    /** In words, for a person. */
    public String describe() {
        return mode == Mode.GRADIENT
                ? "gradients added every step"
                : "parameters averaged every " + localSteps + " steps";
    }
}
