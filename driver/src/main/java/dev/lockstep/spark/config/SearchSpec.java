package dev.lockstep.spark.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.spec.Expect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings that {@code tune} tries: {@code search} of a job file. Training leaves it alone.
 *
 * @param over the keys that change, and what each can be
 * @param trials how many combinations are drawn at random; null: all of them, each key with each of its values
 * @param seed decides what is drawn; 0 unless given
 * @param parallel how many trials run side by side; 1 unless given
 * @param halving gives more epochs to ever fewer of the trials; null: each trains as the job says
 */
public record SearchSpec(
        @JsonProperty(required = true) Map<String, Choice> over,
        @Nullable Integer trials,
        Long seed,
        Integer parallel,
        @Nullable Halving halving) {
    private static final int MOST_TRIALS = 100_000;

    /** Applies the defaults and checks. */
    public SearchSpec {
        over = new LinkedHashMap<>(Expect.present("over", over));
        if (over.isEmpty()) {
            throw new IllegalArgumentException("over: expected keys of the job with their values, got none");
        }
        if (trials != null) {
            Expect.atLeast("trials", trials, 1);
        }
        seed = seed == null ? 0 : seed;
        parallel = Expect.atLeast("parallel", parallel == null ? 1 : parallel, 1);
        double combinations = trials == null ? 1 : trials;
        for (Map.Entry<String, Choice> key : over.entrySet()) {
            if (trials == null && key.getValue().values() == null) {
                throw new IllegalArgumentException("trials: missing, expected the number of trials, because "
                        + key.getKey() + " is a range of" + " numbers");
            }
            List<JsonNode> values = key.getValue().values();
            combinations *= trials == null && values != null ? values.size() : 1;
        }
        if (combinations > MOST_TRIALS) {
            throw new IllegalArgumentException(
                    "expected at most " + MOST_TRIALS + " trials, got " + (long) combinations);
        }
    }

    /**
     * The values of a key: one of some values, or a number of a range. One of the two is not null.
     *
     * @param values the values
     * @param range the range
     */
    public record Choice(
            @Nullable List<JsonNode> values, @Nullable Range range) {
        /** One of some values. */
        @JsonCreator
        public static Choice of(List<JsonNode> values) {
            if (values.isEmpty()) {
                throw new IllegalArgumentException("expected values to choose from, got none");
            }
            return new Choice(values, null);
        }

        /** A number of a range. */
        @JsonCreator
        public static Choice of(Range range) {
            return new Choice(null, range);
        }

        /** As a job file has it. */
        @JsonValue
        public @Nullable Object written() {
            return values == null ? range : values;
        }
    }

    /**
     * Numbers between two others, all as likely.
     *
     * @param from the least
     * @param to the greatest
     * @param log whether their logarithms are as likely; false unless given
     * @param whole whether they are whole numbers; false unless given
     */
    public record Range(
            @JsonProperty(required = true) double from,
            @JsonProperty(required = true) double to,
            Boolean log,
            Boolean whole) {
        /** Applies the defaults and checks. */
        public Range {
            log = log != null && log;
            whole = whole != null && whole;
            if (!(from <= to)) {
                throw new IllegalArgumentException(
                        "expected from at most to, got " + Expect.show(from) + " and " + Expect.show(to));
            }
            if (log && !(from > 0)) {
                throw new IllegalArgumentException(
                        "from: a logarithm needs a number above 0, got " + Expect.show(from));
            }
        }

        /** The number at a place from 0, included, to 1. */
        public double at(double place) {
            double low = whole && !log ? from - 0.5 : from;
            double high = whole && !log ? to + 0.5 : to;
            double number = log
                    ? StrictMath.exp(StrictMath.log(low) + place * (StrictMath.log(high) - StrictMath.log(low)))
                    : low + place * (high - low);
            return Math.max(from, Math.min(to, whole ? Math.rint(number) : number));
        }
    }

    /**
     * Successive halving (Jamieson and Talwalkar 2016): all trials train a few epochs, the best of them train for
     * longer.
     *
     * @param epochs of the first round
     * @param factor one in that many trials continues, with that many times the epochs; 3 unless given
     */
    public record Halving(@JsonProperty(required = true) int epochs, Integer factor) {
        /** Applies the defaults and checks. */
        public Halving {
            Expect.atLeast("epochs", epochs, 1);
            factor = Expect.atLeast("factor", factor == null ? 3 : factor, 2);
        }
    }
}
