package dev.lockstep.spark.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lockstep.nn.spec.Expect;
import org.jspecify.annotations.Nullable;

/**
 * Rows to validate on: a part of the training rows or rows of their own. Exactly one of the two is not null.
 *
 * @param fraction the part of the training rows that is set aside, above 0 and below 1; which rows these are is decided
 *     by a hash of their content, so equal rows stay on one side
 * @param source rows of their own
 */
public record ValidationSpec(
        @Nullable Double fraction, @Nullable SourceSpec source) {

    /** A number: a part of the training rows. */
    @JsonCreator
    public static ValidationSpec of(double fraction) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException(
                    "expected a fraction above 0 and below 1, or rows of their own, got " + Expect.show(fraction));
        }
        return new ValidationSpec(fraction, null);
    }

    /** A path. */
    @JsonCreator
    public static ValidationSpec of(String path) {
        return of(SourceSpec.ofPath(path));
    }

    /** Rows of their own. */
    @JsonCreator
    public static ValidationSpec of(SourceSpec source) {
        return new ValidationSpec(null, source);
    }

    /** As a job file has it. */
    @JsonValue
    public @Nullable Object written() {
        return fraction == null ? source : fraction;
    }
}
