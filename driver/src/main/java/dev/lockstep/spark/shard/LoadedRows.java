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
import java.util.Locale;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
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
        ClassIndex known = description.labelled() ? ClassIndex.known(description.request()) : null;
        PackPlan plan = PackPlan.of(description, rules, selected, sent(spark, known), split);
        JavaRDD<Packed> packed = source.read((partition, pieces) -> new Packer(plan, partition, pieces))
                .persist(StorageLevel.MEMORY_AND_DISK());
        try {
            JavaRDD<byte[]> reports = packed.map(Packed::report).filter(Objects::nonNull);
            PackReports all = MergeTree.merge(reports, PackReports.class, PackReports::merge);
            PackReport report = PackReport.of(all == null ? new PackReports() : all, description.rowsCountWithinFile());
            selected.check(description.name(), report.read());
            report.checkSomeKept(description.name());
            ClassIndex classes = description.labelled() ? ClassIndex.of(known, report.labels()) : null;
            RowLayout layout = description.layout();
            List<String> notices = new ArrayList<>(report.notices(description.name()));
            if (classes != null && known == null) {
                notices.addAll(classes.notices(report.labels()));
            }
            return new LoadedRows(
                    packed, rows(packed, sent(spark, classes)), layout, description.schema(classes), split, notices);
        } catch (RuntimeException e) {
            packed.unpersist(false);
            throw e;
        }
    }

    /** Classes as each executor gets them once: with the names of many they are no part of a task. */
    static @Nullable Broadcast<ClassIndex> sent(SparkSession spark, @Nullable ClassIndex classes) {
        return classes == null
                ? null
                : JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(classes);
    }

    private static JavaRDD<PackedRows> rows(JavaRDD<Packed> packed, @Nullable Broadcast<ClassIndex> classes) {
        if (classes == null) {
            return packed.map(Packed::rows);
        }
        return packed.map(chunk -> chunk.classified(classes.value()));
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
            RowArray all = chunk.rows();
            RowArray kept = new RowArray(packing, 0);
            for (int row = 0; row < all.rows(); row++) {
                if (setsAside(decided, chunk, row, packing) == smaller) {
                    kept.add(all, row);
                }
            }
            return new PackedRows(kept);
        });
        ShardedData shards = ShardedData.build(schema.source().path(), side, layout, assignment, seed);
        if (shards.rows() == 0) {
            shards.close();
            throw new IngestException(String.format(
                    Locale.ROOT,
                    "%s: no rows are left for %s with a validation fraction of %.3g%s",
                    schema.source().path(),
                    smaller ? "validation" : "training",
                    decided.fraction(),
                    decided.rule() == null ? "" : ": " + decided.rule().why()));
        }
        return shards;
    }

    private static boolean setsAside(Split split, PackedRows chunk, int row, RowLayout layout) {
        boolean @Nullable [] aside = chunk.aside();
        return aside != null
                ? aside[row]
                : split.setsAside(CanonicalOrder.rowKey(layout, chunk.rows(), row, split.hashSeed()));
    }

    /** How many rows are kept, and how many are set aside. */
    long[] sides() {
        Split decided = Objects.requireNonNull(split);
        RowLayout packing = layout;
        return rows.map(chunk -> {
                    long[] sides = new long[2];
                    for (int row = 0; row < chunk.rows().rows(); row++) {
                        sides[setsAside(decided, chunk, row, packing) ? 1 : 0]++;
                    }
                    return sides;
                })
                .reduce((left, right) -> new long[] {left[0] + right[0], left[1] + right[1]});
    }

    /** Lets go of the packed rows. */
    @Override
    public void close() {
        packed.unpersist(false);
    }
}
