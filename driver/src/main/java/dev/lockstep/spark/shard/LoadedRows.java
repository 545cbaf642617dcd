package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.SelectedRows;
import dev.lockstep.spark.ingest.Source;
import dev.lockstep.spark.ingest.SourceDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/** The rows of a source: read, checked and packed once, and kept until they lie in shards. */
final class LoadedRows implements AutoCloseable {
    private final JavaRDD<Packed> packed;
    private final JavaRDD<PackedRows> rows;
    private final RowLayout layout;
    private final DataSchema schema;
    /** Decides by features; rows of columns with types know it already. */
    private final @Nullable Split split;

    private final List<String> notices;

    private LoadedRows(
            JavaRDD<Packed> packed,
            JavaRDD<PackedRows> rows,
            RowLayout layout,
            DataSchema schema,
            @Nullable Split split,
            List<String> notices) {
        this.packed = packed;
        this.rows = rows;
        this.layout = layout;
        this.schema = schema;
        this.split = split;
        this.notices = notices;
    }

    /**
     * Reads the rows of a source.
     *
     * @param description what they are, with the encoding of columns that have types
     * @param rules what they must hold for the network
     * @param split which of them are set aside; null: none
     */
    static LoadedRows load(
            SparkSession spark, Source source, SourceDescription description, RowRules rules, @Nullable Split split) {
        SelectedRows selected = SelectedRows.of(spark, description.request());
        PackPlan plan = PackPlan.of(description, rules, selected, split);
        JavaRDD<Packed> packed = source.read((partition, pieces) -> new Packer(plan, partition, pieces))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            List<PartitionReport> reports =
                    packed.map(Packed::report).filter(Objects::nonNull).collect();
            PackReport report = PackReport.of(reports, description.rowsCountWithinFile());
            selected.check(description.name(), report.read());
            if (report.kept() == 0 && report.weightless() > 0) {
                throw new IngestException(description.name() + ": all " + report.weightless()
                        + " rows weigh 0, which leaves none; expected some with a weight above 0");
            }
            if (report.kept() == 0 && report.incomplete() > 0) {
                throw new IngestException(description.name() + ": all " + report.incomplete()
                        + " rows lack a cell in a column with missing: dropRow, which leaves none");
            }
            if (report.kept() == 0) {
                throw new IngestException(description.name() + ": no rows");
            }
            ClassIndex classes = description.labelled() ? ClassIndex.of(description.request(), report.labels()) : null;
            RowLayout layout = description.layout();
            List<String> notices = new ArrayList<>();
            if (report.incomplete() > 0) {
                notices.add(description.name() + ": " + report.incomplete() + " of "
                        + (report.kept() + report.incomplete())
                        + " rows are left out, which lack a cell in a column with missing: dropRow");
            }
            if (classes != null) {
                notices.addAll(
                        classes.notices(description.request(), report.labels().keySet()));
            }
            return new LoadedRows(packed, rows(packed, classes), layout, description.schema(classes), split, notices);
        } catch (RuntimeException e) {
            packed.unpersist(false);
            throw e;
        }
    }

    private static JavaRDD<PackedRows> rows(JavaRDD<Packed> packed, @Nullable ClassIndex classes) {
        if (classes == null) {
            return packed.map(Packed::rows);
        }
        return packed.map(chunk -> chunk.classified(classes));
    }

    /** How the rows were understood. */
    DataSchema schema() {
        return schema;
    }

    /** Cuts all rows into shards. */
    ShardedData shards(ShardAssignment assignment, long seed) {
        return ShardedData.build(schema.source().path(), rows, layout, assignment, seed);
    }

    /** What has to be known of the rows and is no failure. */
    List<String> notices() {
        return notices;
    }

    /**
     * Cuts one side of the split into shards.
     *
     * @param smaller whether that side is wanted which is set aside
     */
    ShardedData shards(ShardAssignment assignment, long seed, boolean smaller) {
        Split decided = Objects.requireNonNull(split);
        RowLayout packing = layout;
        JavaRDD<PackedRows> side = rows.map(chunk -> {
            boolean @Nullable [] aside = chunk.aside();
            RowArray all = chunk.rows();
            RowArray kept = new RowArray(packing, 0);
            for (int row = 0; row < all.rows(); row++) {
                boolean setAside = aside != null
                        ? aside[row]
                        : decided.setsAside(CanonicalOrder.rowKey(packing, all, row, decided.hashSeed()));
                if (setAside == smaller) {
                    kept.add(all, row);
                }
            }
            return new PackedRows(kept);
        });
        ShardedData shards = ShardedData.build(schema.source().path(), side, layout, assignment, seed);
        if (shards.rows() == 0) {
            shards.close();
            throw new IngestException(schema.source().path() + ": no rows are left for "
                    + (smaller ? "validation" : "training") + " with a validation fraction of " + decided.fraction());
        }
        return shards;
    }

    /** Lets go of the packed rows. */
    @Override
    public void close() {
        packed.unpersist(false);
    }
}
