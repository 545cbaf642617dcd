package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.column.ColumnsSpec;
import dev.lockstep.nn.spec.Expect;
import java.util.List;
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
 * @param columns the columns of the features and their types, or {@code auto}; null: the features are numbers
 * @param nulls texts that stand for missing cells where columns have types, beside blank ones; by default {@code NA},
 *     {@code NaN}, {@code none}, {@code ?} and the like, in numbers and times alone
 * @param onError what to do with rows that cannot be used; by default they end the work
 * @param augment random changes to the images of a training step, after scaling; none unless given
 */
public record DataSpec(
        @JsonProperty(required = true) SourceSpec train,
        @Nullable ValidationSpec validation,
        @Nullable SourceSpec test,
        Integer shards,
        ScaleSpec scale,
        ScaleSpec scaleTarget,
        @Nullable ColumnsSpec columns,
        @Nullable List<String> nulls,
        OnError onError,
        Augmentation augment) {
    /** More tasks than this nobody has; and what each shard costs, rows or not, stays small. */
    private static final int MOST_SHARDS = 1 << 14;

    /** Applies the defaults and checks. */
    public DataSpec {
        checkPath("train", Expect.present("train", train));
        if (validation != null && validation.source() != null) {
            checkPath("validation", validation.source());
        }
        if (test != null) {
            checkPath("test", test);
        }
        shards = Expect.between("shards", requireNonNullElse(shards, 8), 1, MOST_SHARDS);
        scale = requireNonNullElse(scale, ScaleSpec.Named.NONE);
        scaleTarget = requireNonNullElse(scaleTarget, ScaleSpec.Named.NONE);
        augment = requireNonNullElse(augment, Augmentation.NONE);
        nulls = nulls == null ? null : List.copyOf(nulls);
        onError = requireNonNullElse(onError, OnError.FAIL);
        checkColumns(train, columns, scale, nulls);
        if (onError == OnError.NULL && columns == null) {
            throw new IllegalArgumentException(
                    "onError: null needs columns with types; add data.columns, or set onError to skip");
        }
    }

    /** Rows whose targets stay as they are, without random changes. */
    public DataSpec(
            SourceSpec train,
            @Nullable ValidationSpec validation,
            @Nullable SourceSpec test,
            Integer shards,
            ScaleSpec scale) {
        this(train, validation, test, shards, scale, ScaleSpec.Named.NONE, null, null, OnError.FAIL, Augmentation.NONE);
    }

    /** The same rows without those for the test. */
    public DataSpec withoutTest() {
        return new DataSpec(train, validation, null, shards, scale, scaleTarget, columns, nulls, onError, augment);
    }

    private static void checkColumns(
            SourceSpec train, @Nullable ColumnsSpec columns, ScaleSpec scale, @Nullable List<String> nulls) {
        if (columns == null) {
            if (nulls != null) {
                throw new IllegalArgumentException(
                        "nulls: missing cells need columns with types; add data.columns, or remove nulls");
            }
            return;
        }
        if (scale != ScaleSpec.Named.NONE) {
            throw new IllegalArgumentException("scale: data.columns already scales each column; remove one of the two");
        }
        if (train.features() != null && !columns.isAuto()) {
            throw new IllegalArgumentException(
                    "train.features: data.columns already lists the features; remove one of the two");
        }
    }

    private static void checkPath(String component, SourceSpec source) {
        if (source.path() == null) {
            throw new IllegalArgumentException(component + ".path: missing, expected a text");
        }
    }
}
