package dev.lockstep.spark.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lockstep.nn.spec.Expect;
import org.jspecify.annotations.Nullable;

/**
 * Rows to validate on: a part of the training rows or rows of their own. Exactly one of the three is not null.
 *
 * @param fraction the part of the training rows that is set aside, above 0 and below 1; which rows these are is decided
 *     by a hash of their content, so equal rows stay on one side
 * @param split the same with more to say
 * @param source rows of their own
 */
public record ValidationSpec(
        @Nullable Double fraction,
        @Nullable SplitSpec split,
        @Nullable SourceSpec source) {

    /** A number: a part of the training rows. */
    @JsonCreator
    public static ValidationSpec of(double fraction) {
        if (!isFraction(fraction)) {
            throw new IllegalArgumentException(
                    "expected a fraction above 0 and below 1, or other rows, got " + Expect.show(fraction));
        }
        return new ValidationSpec(fraction, null, null);
    }

    static void checkFraction(String component, double fraction) {
        if (!isFraction(fraction)) {
            throw Expect.failure(component, "a fraction above 0 and below 1", fraction);
        }
    }

    private static boolean isFraction(double fraction) {
        return fraction > 0 && fraction < 1;
    }

    /** A part of the training rows, with more to say. */
    @JsonCreator
    public static ValidationSpec of(SplitSpec split) {
        return new ValidationSpec(null, split, null);
    }

    /** A path. */
    @JsonCreator
    public static ValidationSpec of(String path) {
        return of(SourceSpec.ofPath(path));
    }

    /** Rows of their own. */
    @JsonCreator
    public static ValidationSpec of(SourceSpec source) {
        return new ValidationSpec(null, null, source);
    }

    /** As a job file has it. */
    @JsonValue
    public @Nullable Object written() {
        if (split != null) {
            return split;
        }
        return fraction == null ? source : fraction;
    }

    /** Whether training rows are set aside. */
    public boolean isSplit() {
        return source == null;
    }

    /** The column that decides which rows are set aside; null: none does. */
    public @Nullable String splitColumn() {
        return split == null ? null : split.column();
    }
}
