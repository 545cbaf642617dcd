package dev.lockstep.nn.data;

import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;

/**
 * The conditions that a network sets for the numbers of a row. A row that violates them is refused where it is read and
 * its place is known. Steps behind a row's end may hold anything: nobody looks at them.
 *
 * @param features which features there can be
 * @param endsAtZeros whether a row of steps ends after its last feature that is not 0
 * @param targets which targets there can be where they are numbers
 * @param targetSteps how many steps the targets belong to, one after the other; 1: to the row as a whole
 */
public record RowRules(NumberRange features, boolean endsAtZeros, NumberRange targets, int targetSteps)
        implements Serializable {
    /** For networks that take all finite numbers. */
    public static final RowRules ANY = new RowRules(NumberRange.ANY, false, NumberRange.ANY, 1);

    /**
     * The first feature of a row that the network cannot take.
     *
     * @param values read: the features from {@code at} on
     * @param at where they begin
     * @param shape of the features
     * @param steps how many steps of the row are valid: all of the first dimension where rows have no lengths
     * @return its number, or -1
     */
    public int wrongFeature(float[] values, int at, Shape shape, int steps) {
        if (features.equals(NumberRange.ANY)) {
            return -1;
        }
        int end = shape.size() / shape.dimension(0) * steps;
        return wrong(features, values, at, end);
    }

    /** The same of a packed row, which may be kept as entries; -1 if the network can take all. */
    public int wrongFeature(RowArray rows, int row, RowLayout layout) {
        if (features.equals(NumberRange.ANY)) {
            return -1;
        }
        int start = rows.start(row);
        if (!rows.isSparse(row)) {
            int steps = layout.features().dimension(0);
            if (layout.sequences()) {
                steps = (int) rows.values()[rows.end(row) - 1];
            }
            return wrongFeature(rows.values(), start, layout.features(), steps);
        }
        int expected = 0;
        for (int entry = rows.entryStart(row); entry < rows.entryEnd(row); entry++, expected++) {
            int index = rows.indexes()[entry];
            if (index > expected && !features.holds(0)) {
                return expected;
            }
            if (!features.holds(rows.values()[start + entry - rows.entryStart(row)])) {
                return index;
            }
            expected = index;
        }
        return expected < layout.features().size() && !features.holds(0) ? expected : -1;
    }

    /** As {@link #wrongTarget(float[], int, RowLayout)}, of a packed row that may be kept as entries. */
    public int wrongTarget(RowArray rows, int row, RowLayout layout) {
        if (targets.equals(NumberRange.ANY)) {
            return -1;
        }
        return hasStepTargets(layout)
                ? wrongTarget(rows.whole(row), 0, layout)
                : wrong(
                        targets,
                        rows.values(),
                        rows.restStart(row),
                        layout.target().size());
    }

    /**
     * The first target of a row that the loss cannot take.
     *
     * @param values read: the packed row from {@code at} on, its length with it if it has one
     * @param at where it begins
     * @param layout of the row
     * @return its number among the targets, or -1
     */
    public int wrongTarget(float[] values, int at, RowLayout layout) {
        if (targets.equals(NumberRange.ANY)) {
            return -1;
        }
        int count = layout.target().size();
        int steps = validSteps(values, at, layout);
        int end = hasStepTargets(layout) ? count / targetSteps * steps : count;
        return wrong(targets, values, at + layout.targetOffset(), end);
    }

    /** Whether each step of a row has its part of the targets. */
    public boolean hasStepTargets(RowLayout layout) {
        return targetSteps > 1 && targetSteps == layout.features().dimension(0);
    }

    private int validSteps(float[] values, int at, RowLayout layout) {
        int steps = layout.features().dimension(0);
        if (layout.sequences()) {
            steps = (int) values[at + layout.lengthOffset()];
        }
        if (endsAtZeros) {
            while (steps > 0 && values[at + steps - 1] == 0) {
                steps--;
            }
        }
        return steps;
    }

    private static int wrong(NumberRange range, float[] values, int at, int count) {
        for (int i = 0; i < count; i++) {
            if (!range.holds(values[at + i])) {
                return i;
            }
        }
        return -1;
    }
}
