package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.spec.Expect;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a job.
 *
 * @param train rows to train on
 * @param validation rows to validate on after each epoch; null: none
 * @param test rows that nothing but the final evaluation sees; null: none
 * @param shards logical shards: the upper bound of the job's parallelism, and part of what decides the model's bits; 8
 *     unless given
 * @param scale what is done to the features; nothing unless given
 * @param scaleTarget what is done to the numbers to be predicted; training sees them scaled, predictions and all
 *     figures of validation and test rows are in their own units. Nothing unless given
 * @param augment random changes to the images of a training step, after scaling; none unless given
 */
public record DataSpec(
        @JsonProperty(required = true) SourceSpec train,
        @Nullable ValidationSpec validation,
        @Nullable SourceSpec test,
        Integer shards,
        ScaleSpec scale,
        ScaleSpec scaleTarget,
        Augmentation augment) {

    /** Applies the defaults and checks. */
    public DataSpec {
        checkPath("train", Expect.present("train", train));
        if (validation != null && validation.source() != null) {
            checkPath("validation", validation.source());
        }
        if (test != null) {
            checkPath("test", test);
        }
        shards = Expect.atLeast("shards", requireNonNullElse(shards, 8), 1);
        scale = requireNonNullElse(scale, ScaleSpec.Named.NONE);
        scaleTarget = requireNonNullElse(scaleTarget, ScaleSpec.Named.NONE);
        augment = requireNonNullElse(augment, Augmentation.NONE);
    }

    /** Rows whose targets stay as they are, without random changes. */
    public DataSpec(
            SourceSpec train,
            @Nullable ValidationSpec validation,
            @Nullable SourceSpec test,
            Integer shards,
            ScaleSpec scale) {
        this(train, validation, test, shards, scale, ScaleSpec.Named.NONE, Augmentation.NONE);
    }

    /** The same rows without those for the test. */
    public DataSpec withoutTest() {
        return new DataSpec(train, validation, null, shards, scale, scaleTarget, augment);
    }

    private static void checkPath(String component, SourceSpec source) {
        if (source.path() == null) {
            throw new IllegalArgumentException(component + ".path: missing, expected a text");
        }
    }
}
