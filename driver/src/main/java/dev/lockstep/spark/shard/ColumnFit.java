package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.nn.data.column.ColumnSummary;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.data.column.RowReader;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.ColumnTypes;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.JavaBytes;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import dev.lockstep.spark.ingest.SelectedRows;
import dev.lockstep.spark.ingest.Source;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.ValueNames;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Measures the columns with types of training rows, on the executors: what their cells become. The rows that are set
 * aside are not looked at, nor are those of weight 0.
 */
final class ColumnFit {
    private ColumnFit() {}

    /**
     * What the rows of a source are, with the encoding of their cells where columns have types.
     *
     * @param split which rows are set aside; null: none
     * @throws IngestException if a cell is nothing that its column takes, naming the first one
     */
    static Fit fit(SparkSession spark, Source source, @Nullable Split split) {
        SourceDescription description = source.description();
        ColumnTypes types = description.types();
        if (types == null || description.encoding() != null) {
            return new Fit(description, null, false);
        }
        SelectedRows selected = SelectedRows.of(spark, description.request());
        Plan plan = new Plan(
                types,
                selected,
                split,
                description.layout().weighted(),
                targets(description),
                description.targetNames(),
                description.request().onError(),
                LoadedRows.sent(spark, description.labelled() ? ClassIndex.known(description.request()) : null));
        JavaRDD<byte[]> parts = source.read((partition, pieces) -> measure(plan, partition, pieces));
        Part merged = MergeTree.merge(parts, Part.class, Part::merge);
        Part all = merged == null ? new Part(types) : merged;
        PackReport report = PackReport.of(all.reports, description.rowsCountWithinFile());
        if (split != null && split.rule() == null && split.isFar(all.rows, all.setAside)) {
            return new Fit(description, null, true);
        }
        if (all.rows == 0) {
            report.checkSomeKept(description.name());
            throw new IngestException(description.name() + ": no rows to measure the columns over, got "
                    + all.reports.partitions().stream()
                            .mapToLong(PartitionReport::kept)
                            .sum() + " rows in all");
        }
        try {
            RowEncoding encoding = RowEncoding.of(types.names(), all.summaries, types.nulls());
            return new Fit(description.encodedBy(encoding), all.cells, false);
        } catch (IllegalArgumentException e) {
            throw new IngestException(description.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * What was measured.
     *
     * @param description what the rows are, with the encoding of their cells where columns have types
     * @param cells what the cells hold; null where columns have no types, or their encoding is known
     * @param far whether nothing was measured, as the split is far from what was asked for
     */
    record Fit(SourceDescription description, @Nullable CellProfiles cells, boolean far) {}

    private static int targets(SourceDescription description) {
        return description.labelled() ? 0 : description.layout().target().size();
    }

    /**
     * How a partition is measured.
     *
     * @param types of the columns
     * @param selected which rows are taken
     * @param split which rows are set aside; null: none
     * @param weighted whether rows have weights
     * @param targets how many values a row has to predict; 0 for a class
     * @param targetNames what errors call these
     * @param onError what to do with rows that cannot be used
     * @param classes those that labels can be; null: to be discovered, or rows have no labels
     */
    private record Plan(
            ColumnTypes types,
            SelectedRows selected,
            @Nullable Split split,
            boolean weighted,
            int targets,
            ValueNames targetNames,
            OnError onError,
            @Nullable Broadcast<ClassIndex> classes)
            implements Serializable {}

    private static Iterator<byte[]> measure(Plan plan, int partition, Iterator<Supplier<RowCursor>> pieces) {
        Part part = new Part(plan.types());
        RowReader reader = plan.types().reader(plan.onError() == OnError.NULL);
        RawRow raw = RawRow.ofCells(plan.types().names().size(), plan.targets());
        LabelDictionary labels = LabelDictionary.of(plan.classes());
        float[] targets = new float[plan.targets()];
        PieceReader rows = new PieceReader(partition, pieces, plan.selected(), plan.onError() == OnError.SKIP);
        boolean more = true;
        while (more) {
            more = rows.next(cursor -> {
                cursor.read(raw);
                if (plan.weighted() && raw.weightless()) {
                    return;
                }
                // A row that is left out for its label, target or weight is not measured either.
                raw.weight();
                raw.targets(targets, plan.targetNames());
                if (targets.length == 0) {
                    labels.index(raw.label(), cursor, rows.report());
                }
                try {
                    part.add(reader, raw, plan.split());
                } catch (CellException e) {
                    throw RawRow.refused(e);
                }
                rows.report().keep();
            });
        }
        part.reports.add(rows.report());
        return List.of(JavaBytes.of(part)).iterator();
    }

    /** What was measured of some partitions. */
    private static final class Part implements Serializable {
        private static final long serialVersionUID = 1L;

        private final PackReports reports = new PackReports();
        private final ArrayList<ColumnSummary> summaries;
        private final CellProfiles cells;
        private long rows;
        private long setAside;

        Part(ColumnTypes types) {
            summaries = new ArrayList<>(types.summaries());
            cells = new CellProfiles(summaries.size());
        }

        void add(RowReader reader, RawRow raw, @Nullable Split split) throws CellException, RowException {
            if (!reader.read(raw.cells())) {
                return;
            }
            if (split != null && setsAside(split, raw, reader.hash(split.hashSeed()))) {
                setAside++;
                return;
            }
            reader.addTo(summaries);
            cells.add(reader, raw.cells());
            rows++;
        }

        private static boolean setsAside(Split split, RawRow raw, long hash) throws RowException {
            return split.rule() == null ? split.setsAside(hash) : split.rule().setsAside(raw, hash);
        }

        void merge(Part other) {
            reports.merge(other.reports);
            cells.merge(other.cells);
            rows += other.rows;
            setAside += other.setAside;
            for (int i = 0; i < summaries.size(); i++) {
                summaries.set(i, summaries.get(i).merge(other.summaries.get(i)));
            }
        }
    }
}
