package dev.lockstep.spark.config;

import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The training rows to set aside for validation: {@code data.validation} as a map with {@code fraction} or
 * {@code folds}.
 *
 * @param fraction the part that is set aside; the nearest share that groups of rows allow
 * @param folds into how many parts the rows are divided, each of which is set aside once
 * @param fold the only part that is set aside, from 0; null: each in turn
 * @param stratify whether each class is divided by itself; false unless given
 * @param group a column: rows that are equal in it stay together
 * @param time a column: the latest rows are set aside
 */
public record SplitSpec(
        @Nullable Double fraction,
        @Nullable Integer folds,
        @Nullable Integer fold,
        Boolean stratify,
        @Nullable String group,
        @Nullable String time)
        implements Serializable {
    public SplitSpec {
        if (fraction == null == (folds == null)) {
            throw new IllegalArgumentException(
                    "expected one of fraction and folds, got " + (folds == null ? "neither" : "both"));
        }
        if (fraction != null) {
            ValidationSpec.checkFraction("fraction", fraction);
        }
        if (folds != null) {
            Expect.atLeast("folds", folds, 2);
        }
        if (fold != null && (folds == null || fold < 0 || fold >= folds)) {
            throw new IllegalArgumentException("fold: expected folds, and a number from 0 below it, got " + fold);
        }
        stratify = stratify != null && stratify;
        if (time != null && (group != null || stratify || folds != null)) {
            throw new IllegalArgumentException(
                    "time: sets the latest rows aside, which works only with a fraction, without group and stratify");
        }
    }

    /** The column that decides; null: the features do. */
    public @Nullable String column() {
        return time == null ? group : time;
    }

    /** The same with one of the folds alone. */
    public SplitSpec ofFold(int number) {
        return new SplitSpec(fraction, folds, number, stratify, group, time);
    }

    /** Whether each of several folds is to be set aside in turn. */
    public boolean hasAllFolds() {
        return folds != null && fold == null;
    }
}
