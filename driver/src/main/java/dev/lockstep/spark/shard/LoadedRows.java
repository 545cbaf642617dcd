package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.SelectedRows;
import dev.lockstep.spark.ingest.Source;
import dev.lockstep.spark.ingest.SourceDescription;
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

    private LoadedRows(JavaRDD<Packed> packed, JavaRDD<PackedRows> rows, RowLayout layout, DataSchema schema) {
        this.packed = packed;
        this.rows = rows;
        this.layout = layout;
        this.schema = schema;
    }

    /**
     * Reads the rows of a source.
     *
     * @param rules what they must hold for the network
     */
    static LoadedRows load(SparkSession spark, Source source, RowRules rules) {
        SourceDescription description = source.description();
        SelectedRows selected = SelectedRows.of(spark, description.request());
        PackPlan plan = PackPlan.of(description, rules, selected);
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
            if (report.kept() == 0) {
                throw new IngestException(description.name() + ": no rows");
            }
            ClassIndex classes = description.labelled() ? ClassIndex.of(description.request(), report.labels()) : null;
            RowLayout layout = description.layout();
            return new LoadedRows(packed, rows(packed, classes, layout), layout, description.schema(classes));
        } catch (RuntimeException e) {
            packed.unpersist(false);
            throw e;
        }
    }

    private static JavaRDD<PackedRows> rows(JavaRDD<Packed> packed, @Nullable ClassIndex classes, RowLayout layout) {
        if (classes == null) {
            return packed.map(Packed::rows);
        }
        int width = layout.width();
        int target = layout.targetOffset();
        return packed.map(chunk -> chunk.classified(classes, width, target));
    }

    /** How the rows were understood. */
    DataSchema schema() {
        return schema;
    }

    /** Cuts all rows into shards. */
    ShardedData shards(ShardAssignment assignment, long seed) {
        return ShardedData.build(schema.source().path(), rows, layout, assignment, seed);
    }

    /**
     * Cuts one side of a split into shards. Rows with equal features are always on the same side: which one is decided
     * by a hash of the features alone.
     *
     * @param fraction about which part of the rows is on the smaller side
     * @param smaller whether that side is wanted
     */
    ShardedData shards(ShardAssignment assignment, long seed, double fraction, boolean smaller) {
        long splitSeed = StreamKey.key(seed, Purpose.SPLIT);
        int features = layout.features().size();
        int width = layout.width();
        JavaRDD<PackedRows> side = rows.map(chunk -> {
            float[] kept = new float[chunk.values().length];
            int count = 0;
            for (int row = 0; row < chunk.rows(); row++) {
                long hash = ContentHash.hash(chunk.values(), row * width, features, splitSeed);
                if ((hash >>> 11) * 0x1.0p-53 < fraction == smaller) {
                    System.arraycopy(chunk.values(), row * width, kept, count++ * width, width);
                }
            }
            return new PackedRows(kept, count);
        });
        ShardedData shards = ShardedData.build(schema.source().path(), side, layout, assignment, seed);
        if (shards.rows() == 0) {
            shards.close();
            throw new IngestException(schema.source().path() + ": no rows are left for "
                    + (smaller ? "validation" : "training") + " with a validation fraction of " + fraction);
        }
        return shards;
    }

    /** Lets go of the packed rows. */
    @Override
    public void close() {
        packed.unpersist(false);
    }
}
