package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.spark.ingest.SelectedRows;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.ValueNames;
import java.io.Serializable;

/**
 * How the rows of a source are packed.
 *
 * @param layout of the packed rows
 * @param labelled whether a row's target is the index of its label, not numbers
 * @param featureNames what errors call the features
 * @param targetNames what errors call the targets
 * @param rules what the rows must hold for the network
 * @param selected which rows are taken
 */
record PackPlan(
        RowLayout layout,
        boolean labelled,
        ValueNames featureNames,
        ValueNames targetNames,
        RowRules rules,
        SelectedRows selected)
        implements Serializable {
    static PackPlan of(SourceDescription source, RowRules rules, SelectedRows selected) {
        return new PackPlan(
                source.layout(), source.labelled(), source.featureNames(), source.targetNames(), rules, selected);
    }
}
