package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.io.Serializable;

/** The replacement for a missing number. */
public sealed interface Missing extends Serializable permits Missing.Named, Missing.Constant {

    /** Kinds without settings. */
    enum Named implements Missing {
        /** Nothing does: it is an error. */
        ERROR,
        /** The mean of the numbers that the training rows have. */
        MEAN,
        /** Their median. */
        MEDIAN,
        /** The number that most of them have; of several the least. */
        MOST_FREQUENT,
        /** Their mean, and an input of its own is 1 where the number is missing, else 0. */
        INDICATOR,
        /** Nothing does: the row is left out. */
        DROP_ROW
    }

    /**
     * A number that the job gives.
     *
     * @param value a finite number
     */
    @SpecName("constant")
    record Constant(@JsonProperty(required = true) double value) implements Missing {
        public Constant {
            if (!Double.isFinite(value)) {
                throw Expect.failure("value", "a finite number", value);
            }
        }
    }
}
