package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.spark.ingest.FeatureNames;
import dev.lockstep.spark.ingest.SelectedRows;
import dev.lockstep.spark.ingest.SourceDescription;
import java.io.Serializable;

/** How the rows of a source are packed. */
final class PackPlan implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowLayout layout;
    private final boolean labelled;
    private final FeatureNames featureNames;
    private final SelectedRows selected;

    PackPlan(SourceDescription source, SelectedRows selected) {
        this.layout = source.layout();
        this.labelled = source.labelled();
        this.featureNames = source.featureNames();
        this.selected = selected;
    }

    RowLayout layout() {
        return layout;
    }

    /** Whether a row's target is the index of its label, not numbers. */
    boolean labelled() {
        return labelled;
    }

    FeatureNames featureNames() {
        return featureNames;
    }

    boolean takes(long row) {
        return selected.takes(row);
    }
}
