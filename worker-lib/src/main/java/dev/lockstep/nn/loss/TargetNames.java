package dev.lockstep.nn.loss;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names of the targets of a model, for the names of its predictions.
 *
 * @param classes whether the target is a class
 * @param classNames names of the classes in the order of their indexes; null: they are called by their index
 * @param columns names of the numbers that are predicted; empty if they have none
 */
public record TargetNames(boolean classes, @Nullable List<String> classNames, List<String> columns) {
    /** Takes copies. */
    public TargetNames {
        classNames = classNames == null ? null : List.copyOf(classNames);
        columns = List.copyOf(columns);
    }

    /** The name of a class. */
    String ofClass(int index) {
        return classNames == null ? Integer.toString(index) : classNames.get(index);
    }

    /** The name of a number, one of several that are predicted; its index where not each has a column of its own. */
    String ofNumber(int index, int numbers) {
        return columns.size() == numbers ? columns.get(index) : Integer.toString(index);
    }
}
