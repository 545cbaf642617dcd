package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.SelectedRows;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.ValueNames;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a source are packed.
 *
 * @param layout of the packed rows
 * @param labelled whether a row's target is the index of its label, not numbers
 * @param featureNames what errors call the features
 * @param targetNames what errors call the targets
 * @param rules what the rows must hold for the network
 * @param selected which rows are taken
 * @param encoding how cells become features; null where the source gives features
 * @param onError what to do with rows that cannot be used
 * @param classes those that labels can be; null: to be discovered, or rows have no labels
 * @param split which rows are set aside, decided as they are packed; null: none are, or their features decide it later
 */
record PackPlan(
        RowLayout layout,
        boolean labelled,
        ValueNames featureNames,
        ValueNames targetNames,
        RowRules rules,
        SelectedRows selected,
        @Nullable RowEncoding encoding,
        OnError onError,
        @Nullable Broadcast<ClassIndex> classes,
        @Nullable Split split)
        implements Serializable {
    static PackPlan of(
            SourceDescription source,
            RowRules rules,
            SelectedRows selected,
            @Nullable Broadcast<ClassIndex> classes,
            @Nullable Split split) {
        RowEncoding encoding = source.encoding();
        return new PackPlan(
                source.layout(),
                source.labelled(),
                source.featureNames(),
                source.targetNames(),
                rules,
                selected,
                encoding,
                source.request().onError(),
                classes,
                split == null || encoding == null && split.rule() == null ? null : split);
    }

    /** Room for a row of the source. */
    RawRow newRow() {
        int targets = labelled ? 0 : layout.target().size();
        return encoding == null
                ? new RawRow(layout.features().size(), targets, steps())
                : new RawRow(encoding.encoder(onError == OnError.NULL), targets);
    }

    private RawRow.Steps steps() {
        return layout.sequences()
                ? new RawRow.Steps(layout.features().dimension(0), !labelled && rules.hasStepTargets(layout))
                : RawRow.Steps.NONE;
    }
}
