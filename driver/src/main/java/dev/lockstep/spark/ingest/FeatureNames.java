package dev.lockstep.spark.ingest;

import java.io.Serializable;
import java.util.List;

/** What errors call the features of a row: by their columns, or by number from 0. Travels to the executors. */
public final class FeatureNames implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final FeatureNames NUMBERED = new FeatureNames(new String[0]);

    /** The columns; empty: features are called by number. */
    private final String[] columns;

    private FeatureNames(String[] columns) {
        this.columns = columns;
    }

    /** Features without columns. */
    public static FeatureNames numbered() {
        return NUMBERED;
    }

    /** Features in columns; where a column holds several, as an array does, all of them go by number. */
    static FeatureNames of(List<String> columns, int features) {
        return columns.size() == features ? new FeatureNames(columns.toArray(String[]::new)) : NUMBERED;
    }

    /** What an error calls a feature. */
    String of(int feature) {
        return columns.length == 0 ? "feature " + feature : Columns.called(columns[feature]);
    }
}
