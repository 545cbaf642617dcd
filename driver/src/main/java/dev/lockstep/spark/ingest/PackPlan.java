package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.RowLayout;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/** How the rows of a source are packed. */
final class PackPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowLayout layout;
    private final Targets targets;
    private final List<String> featureNames;
    private final long[] selected;
    private final boolean rowsCountWithinFile;

    /**
     * @param layout of the packed rows
     * @param targets what is to be predicted
     * @param featureNames what errors call the features; empty: by number
     * @param selected numbers of the rows to take, sorted; null: all
     * @param rowsCountWithinFile whether cursors know a row's number in its file, not just in their piece
     */
    PackPlan(
            RowLayout layout,
            Targets targets,
            List<String> featureNames,
            long[] selected,
            boolean rowsCountWithinFile) {
        this.layout = layout;
        this.targets = targets;
        this.featureNames = featureNames;
        this.selected = selected;
        this.rowsCountWithinFile = rowsCountWithinFile;
    }

    RowLayout layout() {
        return layout;
    }

    Targets targets() {
        return targets;
    }

    boolean rowsCountWithinFile() {
        return rowsCountWithinFile;
    }

    boolean takes(long row) {
        return selected == null || Arrays.binarySearch(selected, row) >= 0;
    }

    String featureName(int feature) {
        return featureNames.isEmpty() ? "feature " + feature : Columns.called(featureNames.get(feature));
    }
}
