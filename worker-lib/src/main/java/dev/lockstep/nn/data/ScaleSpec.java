package dev.lockstep.nn.data;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lockstep.nn.spec.Expect;
import java.util.List;

/**
 * How a job wants its features scaled: {@code data.scale}. Written {@code none}, {@code standardise} (by the mean and the
 * standard deviation of each feature over the training rows), {@code {mean: 0.1307, std: 0.3081}} (one number for all
 * features, or a list: one for each element of the shape's last dimension, or one for each feature) or
 * {@code {divide: 255}}.
 *
 * @param kind which of them
 * @param mean for {@link Kind#GIVEN}: what is subtracted; otherwise null
 * @param std for {@link Kind#GIVEN}: what is divided by afterwards; otherwise null
 */
public record ScaleSpec(Kind kind, List<Double> mean, List<Double> std) {

    /** Where the numbers come from. */
    public enum Kind {
        /** No scaling. */
        NONE,
        /** From the training rows. */
        STANDARDISE,
        /** From the job file. */
        GIVEN
    }

    /** Features as they are. */
    public static final ScaleSpec NONE = new ScaleSpec(Kind.NONE, null, null);

    /** Features with mean 0 and standard deviation 1 over the training rows. */
    public static final ScaleSpec STANDARDISE = new ScaleSpec(Kind.STANDARDISE, null, null);

    /**
     * The form with numbers.
     *
     * @param mean what is subtracted; 0 unless given
     * @param std what is divided by; 1 unless given
     * @param divide what is divided by, alone
     */
    public record Given(Numbers mean, Numbers std, Double divide) {
        public Given {
            if (divide != null && (mean != null || std != null)) {
                throw new IllegalArgumentException("divide: expected either divide or mean and std, got both");
            }
            if (divide == null && mean == null && std == null) {
                throw new IllegalArgumentException("expected mean and std, or divide, got none of them");
            }
            if (divide != null) {
                Expect.positive("divide", divide);
            }
        }
    }

    /**
     * One number or a list of them.
     *
     * @param values at least one
     */
    public record Numbers(List<Double> values) {
        public Numbers {
            values = Expect.notEmpty("values", values);
        }

        /** A single number. */
        @JsonCreator
        public static Numbers of(double value) {
            return new Numbers(List.of(value));
        }

        /** Several numbers. */
        @JsonCreator
        public static Numbers of(List<Double> values) {
            return new Numbers(values);
        }

        /** As a job file has it. */
        @JsonValue
        public Object written() {
            return values.size() == 1 ? values.get(0) : values;
        }
    }

    public ScaleSpec {
        if (kind == Kind.GIVEN) {
            mean = Expect.notEmpty("mean", mean);
            std = Expect.notEmpty("std", std);
            for (double value : mean) {
                if (!Float.isFinite((float) value)) {
                    throw Expect.failure("mean", "a finite number", value);
                }
            }
            for (double value : std) {
                Expect.positive("std", (float) value);
            }
            if (mean.size() != std.size() && mean.size() != 1 && std.size() != 1) {
                throw new IllegalArgumentException(
                        "std: expected as many numbers as mean has, " + mean.size() + ", got " + std.size());
            }
        }
    }

    /** A name in a job file. */
    @JsonCreator
    public static ScaleSpec of(String name) {
        return switch (name) {
            case "none" -> NONE;
            case "standardise" -> STANDARDISE;
            default ->
                throw new IllegalArgumentException(
                        "expected none, standardise, {mean: ..., std: ...} or {divide: ...}, got \"" + name + "\"");
        };
    }

    /** A map in a job file. */
    @JsonCreator
    public static ScaleSpec of(Given given) {
        if (given.divide() != null) {
            return new ScaleSpec(Kind.GIVEN, List.of(0.0), List.of(given.divide()));
        }
        return new ScaleSpec(
                Kind.GIVEN,
                given.mean() == null ? List.of(0.0) : given.mean().values(),
                given.std() == null ? List.of(1.0) : given.std().values());
    }

    /** As a job file has it. */
    @JsonValue
    public Object written() {
        return switch (kind) {
            case NONE -> "none";
            case STANDARDISE -> "standardise";
            case GIVEN -> new Given(new Numbers(mean), new Numbers(std), null);
        };
    }
}
