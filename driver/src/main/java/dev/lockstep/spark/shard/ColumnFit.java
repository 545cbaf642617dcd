package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.column.CellException;
import dev.lockstep.nn.data.column.ColumnSummary;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.data.column.RowReader;
import dev.lockstep.spark.ingest.ColumnTypes;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.JavaBytes;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.SelectedRows;
import dev.lockstep.spark.ingest.Source;
import dev.lockstep.spark.ingest.SourceDescription;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
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
    static SourceDescription described(SparkSession spark, Source source, @Nullable Split split) {
        SourceDescription description = source.description();
        ColumnTypes types = description.types();
        if (types == null || description.encoding() != null) {
            return description;
        }
        SelectedRows selected = SelectedRows.of(spark, description.request());
        Plan plan = new Plan(types, selected, split, description.layout().weighted(), targets(description));
        JavaRDD<byte[]> parts = source.read((partition, pieces) -> measure(plan, partition, pieces));
        Part all = parts.getNumPartitions() == 0
                ? new Part(types)
                : JavaBytes.read(parts.treeReduce(ColumnFit::merge), Part.class);
        PackReport.of(all.reports, description.rowsCountWithinFile());
        if (all.rows == 0) {
            throw new IngestException(description.name() + ": no rows to measure the columns over, got "
                    + all.reports.stream().mapToLong(PartitionReport::kept).sum() + " rows in all");
        }
        try {
            return description.encodedBy(RowEncoding.of(types.names(), all.summaries, types.nulls()));
        } catch (IllegalArgumentException e) {
            throw new IngestException(description.name() + ": " + e.getMessage(), e);
        }
    }

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
     */
    private record Plan(
            ColumnTypes types,
            SelectedRows selected,
            @Nullable Split split,
            boolean weighted,
            int targets) implements Serializable {}

    private static Iterator<byte[]> measure(Plan plan, int partition, Iterator<Supplier<RowCursor>> pieces) {
        Part part = new Part(plan.types());
        RowReader reader = plan.types().reader();
        RawRow raw = RawRow.ofCells(plan.types().names().size(), plan.targets());
        PieceReader rows = new PieceReader(partition, pieces, plan.selected());
        boolean more = true;
        while (more) {
            more = rows.next(cursor -> {
                cursor.read(raw);
                if (plan.weighted() && raw.weightless()) {
                    return;
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

    private static byte[] merge(byte[] left, byte[] right) {
        Part part = JavaBytes.read(left, Part.class);
        part.merge(JavaBytes.read(right, Part.class));
        return JavaBytes.of(part);
    }

    /** What was measured of some partitions. */
    private static final class Part implements Serializable {
        private static final long serialVersionUID = 1L;

        private final ArrayList<PartitionReport> reports = new ArrayList<>();
        private final ArrayList<ColumnSummary> summaries;
        private long rows;

        Part(ColumnTypes types) {
            summaries = new ArrayList<>(types.summaries());
        }

        void add(RowReader reader, RawRow raw, @Nullable Split split) throws CellException {
            boolean used = reader.read(raw.cells());
            if (used && (split == null || !split.setsAside(reader.hash(split.hashSeed())))) {
                reader.addTo(summaries);
                rows++;
            }
        }

        void merge(Part other) {
            reports.addAll(other.reports);
            rows += other.rows;
            for (int i = 0; i < summaries.size(); i++) {
                summaries.set(i, summaries.get(i).merge(other.summaries.get(i)));
            }
        }
    }
}
