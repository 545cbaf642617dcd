package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Checkpoints, with which a training survives the loss of the driver.
 *
 * @param every how often the state is written
 * @param keep how many of the newest checkpoints stay; 3 unless given
 * @param dir their directory, on any Hadoop file system; null: {@code checkpoints} in the output directory
 */
public record CheckpointSpec(@JsonProperty(required = true) Every every, Integer keep, String dir) {

    /** The state after each epoch. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructors
    public static final CheckpointSpec EACH_EPOCH = new CheckpointSpec(new Every(null, 1, null), null, null);

    /** Applies the defaults and checks. */
    public CheckpointSpec {
        Expect.present("every", every);
        keep = Expect.atLeast("keep", requireNonNullElse(keep, 3), 1);
    }

    /**
     * An interval; exactly one of the three is not null.
     *
     * @param rounds in rounds: a step in gradient mode, {@code sync.localSteps} steps in averaging mode, a few seconds
     *     of steps with all-reduce
     * @param epochs in epochs
     * @param minutes in minutes, counted to the end of a round
     */
    public record Every(Integer rounds, Integer epochs, Double minutes) {
        /** Checks. */
        public Every {
            long given =
                    Stream.of(rounds, epochs, minutes).filter(Objects::nonNull).count();
            if (given != 1) {
                throw new IllegalArgumentException("expected one of rounds, epochs and minutes, got " + given);
            }
            if (rounds != null) {
                Expect.atLeast("rounds", rounds, 1);
            }
            if (epochs != null) {
                Expect.atLeast("epochs", epochs, 1);
            }
            if (minutes != null) {
                Expect.positive("minutes", minutes);
            }
        }
    }
}
