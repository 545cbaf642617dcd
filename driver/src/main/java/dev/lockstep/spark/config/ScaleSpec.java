package dev.lockstep.spark.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The scaling of the features before training: {@code none | standardise | {mean, std} | {divide}}. */
public sealed interface ScaleSpec {

    /** Kinds without settings. */
    enum Named implements ScaleSpec {
        /** Features stay as they are. */
        NONE,
        /** Each feature: less its mean, divided by its standard deviation, both over the training rows. */
        STANDARDISE;

        @Override
        public boolean isMeasured() {
            return this == STANDARDISE;
        }

        @Override
        public Scaling constant() {
            if (isMeasured()) {
                throw new IllegalStateException("the numbers of this scaling are measured, not given");
            }
            return Scaling.NONE;
        }
    }

    /** Whether the numbers come from the training rows. */
    default boolean isMeasured() {
        return false;
    }

    /**
     * The scaling with the job file's numbers, the same for every feature.
     *
     * @throws IllegalStateException if the numbers come from the training rows
     */
    Scaling constant();

    /**
     * The scaling with the job file's numbers.
     *
     * @param features shape of a row's features
     * @throws IllegalStateException if the numbers come from the training rows
     */
    default Scaling given(Shape features) {
        return constant().checkedFor(features);
    }

    /**
     * {@code (x - mean) / std} with the same constants for every feature.
     *
     * @param mean what is taken away
     * @param std what the rest is divided by, above 0
     */
    record Shift(double mean, double std) implements ScaleSpec {
        /** Checks. */
        public Shift {
            if (!Double.isFinite(mean)) {
                throw Expect.failure("mean", "a finite number", mean);
            }
            Expect.positiveFloat("std", std);
        }

        @Override
        public Scaling constant() {
            return Scaling.of(mean, std);
        }
    }

    /**
     * {@code x / divide}.
     *
     * @param divide above 0; 255 for the bytes of images
     */
    record Divide(double divide) implements ScaleSpec {
        /** Checks. */
        public Divide {
            Expect.positiveFloat("divide", divide);
        }

        @Override
        public Scaling constant() {
            return Scaling.of(0, divide);
        }
    }

    /**
     * The constants as a job file has them: {@code divide} alone, or the other two.
     *
     * @param mean see {@link Shift}
     * @param std see {@link Shift}
     * @param divide see {@link Divide}
     */
    record Constants(Double mean, Double std, Double divide) {
        private ScaleSpec scale() {
            if (divide != null && mean == null && std == null) {
                return new Divide(divide);
            }
            if (divide == null && mean != null && std != null) {
                return new Shift(mean, std);
            }
            List<String> given = new ArrayList<>();
            if (mean != null) {
                given.add("mean");
            }
            if (std != null) {
                given.add("std");
            }
            if (divide != null) {
                given.add("divide");
            }
            throw new IllegalArgumentException(
                    "expected {mean, std} or {divide}, got {" + String.join(", ", given) + "}");
        }
    }

    /** Constants. */
    @JsonCreator
    static ScaleSpec of(Constants constants) {
        return constants.scale();
    }

    /** A number alone does not say what to do with it. */
    @JsonCreator
    static ScaleSpec of(double number) {
        throw new IllegalArgumentException(
                "expected none, standardise, {mean, std} or {divide}, got " + Expect.show(number));
    }
}
