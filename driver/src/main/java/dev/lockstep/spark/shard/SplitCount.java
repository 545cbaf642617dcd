package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.KeyCounts;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.nn.data.column.RowReader;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.ingest.ColumnTypes;
import dev.lockstep.spark.ingest.JavaBytes;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import dev.lockstep.spark.ingest.SelectedRows;
import dev.lockstep.spark.ingest.Source;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.ValueNames;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Counts the keys of rows, on the executors, before it is decided which of them are set aside. */
final class SplitCount {
    private SplitCount() {}

    /**
     * The rule with cuts that suit the rows of a source.
     *
     * @throws dev.lockstep.spark.ingest.IngestException if a row cannot be used, naming the first one
     */
    static SplitRule of(SparkSession spark, Source source, SplitRule rule) {
        SourceDescription description = source.description();
        Plan plan = new Plan(
                rule,
                description.types(),
                description.layout(),
                description.featureNames(),
                SelectedRows.of(spark, description.request()),
                description.labelled() ? 0 : description.layout().target().size(),
                description.request().onError());
        JavaRDD<byte[]> parts = source.read((partition, pieces) -> count(plan, partition, pieces));
        Part merged = MergeTree.merge(parts, Part.class, Part::merge);
        Part all = merged == null ? new Part() : merged;
        PackReport.of(all.reports, description.rowsCountWithinFile());
        return SplitRule.of(rule, all.counts);
    }

    /**
     * How a partition is counted.
     *
     * @param rule gives each row its key
     * @param types of the columns; null where each is a number and a feature as it is
     * @param layout of the packed rows
     * @param names what errors call the features
     * @param selected which rows are taken
     * @param targets how many values a row has to predict; 0 for a class
     * @param onError what to do with rows that cannot be used
     */
    private record Plan(
            SplitRule rule,
            @Nullable ColumnTypes types,
            RowLayout layout,
            ValueNames names,
            SelectedRows selected,
            int targets,
            OnError onError)
            implements Serializable {
        RawRow newRow() {
            if (types != null) {
                return RawRow.ofCells(types.names().size(), targets);
            }
            RawRow.Steps steps =
                    layout.sequences() ? new RawRow.Steps(layout.features().dimension(0), false) : RawRow.Steps.NONE;
            return new RawRow(layout.features().size(), targets, steps);
        }
    }

    private static Iterator<byte[]> count(Plan plan, int partition, Iterator<Supplier<RowCursor>> pieces) {
        Part part = new Part();
        RawRow raw = plan.newRow();
        RowHash hash = new RowHash(plan);
        PieceReader rows = new PieceReader(partition, pieces, plan.selected(), plan.onError() == OnError.SKIP);
        boolean more = true;
        while (more) {
            more = rows.next(cursor -> {
                cursor.read(raw);
                if (plan.layout().weighted() && raw.weightless()) {
                    return;
                }
                long content = plan.rule().readsFeatures() ? hash.of(raw) : 0;
                part.counts
                        .computeIfAbsent(plan.rule().stratum(raw), stratum -> new KeyCounts())
                        .add(plan.rule().key(raw, content));
            });
        }
        part.reports.add(rows.report());
        return List.of(JavaBytes.of(part)).iterator();
    }

    /** The hash of what a row is predicted from, as the packer and the measurement of columns have it. */
    private static final class RowHash {
        private final Plan plan;
        private final @Nullable RowReader reader;
        private final RowArray packed;
        private final float[] behind;

        RowHash(Plan plan) {
            this.plan = plan;
            reader = plan.types() == null ? null : plan.types().reader(plan.onError() == OnError.NULL);
            packed = new RowArray(plan.layout(), 0);
            behind = new float[plan.layout().rest()];
        }

        long of(RawRow raw) throws RowException {
            if (reader != null) {
                try {
                    reader.read(raw.cells());
                } catch (CellException e) {
                    throw RawRow.refused(e);
                }
                return reader.hash(plan.rule().hashSeed());
            }
            if (plan.layout().sequences()) {
                behind[behind.length - 1] = raw.length();
            }
            packed.clear();
            raw.pack(packed, behind, plan.names());
            return CanonicalOrder.rowKey(plan.layout(), packed, 0, plan.rule().hashSeed());
        }
    }

    /** What was counted of some partitions. */
    private static final class Part implements Serializable {
        private static final long serialVersionUID = 1L;

        private final PackReports reports = new PackReports();
        private final TreeMap<String, KeyCounts> counts = new TreeMap<>();

        void merge(Part other) {
            reports.merge(other.reports);
            other.counts.forEach((stratum, keys) ->
                    counts.computeIfAbsent(stratum, none -> new KeyCounts()).merge(keys));
        }
    }
}
