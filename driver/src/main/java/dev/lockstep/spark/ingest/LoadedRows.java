package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.shard.PackedRows;
import dev.lockstep.spark.shard.RankPlan;
import dev.lockstep.spark.shard.ShardedData;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** The rows of a source: read, checked and packed once, and kept until they lie in shards. */
final class LoadedRows implements AutoCloseable {
    private final String name;
    private final JavaRDD<Packed> packed;
    private final JavaRDD<PackedRows> rows;
    private final RowLayout layout;
    private final DataSchema schema;

    private LoadedRows(
            String name, JavaRDD<Packed> packed, JavaRDD<PackedRows> rows, RowLayout layout, DataSchema schema) {
        this.name = name;
        this.packed = packed;
        this.rows = rows;
        this.layout = layout;
        this.schema = schema;
    }

    /** Reads the rows of a source that a request names. */
    static LoadedRows load(SparkSession spark, SourceRequest request) {
        return load(spark, request, Sources.open(spark, request));
    }

    /** Reads the rows of an opened source. */
    static LoadedRows load(SparkSession spark, SourceRequest request, Source source) {
        Shape shape = shape(request, source);
        Shape target = Shape.of(source.outputs());
        RowLayout layout = new RowLayout(shape, target, source.weighted(), source.sequences());
        long[] selected = selected(spark.sessionState().newHadoopConf(), request.spec());
        // Class indexes of steps come packed, and are then numbers like others.
        Targets packing = source.stepClasses() == null ? request.targets() : Targets.VALUES;
        PackPlan plan = new PackPlan(layout, packing, source.featureColumns(), selected, source.rowsCountWithinFile());
        JavaRDD<Packed> packed = source.pack(plan).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            List<PartitionReport> reports =
                    packed.map(Packed::report).filter(Objects::nonNull).collect();
            PackReport report = PackReport.of(reports, source.rowsCountWithinFile());
            check(source, request.spec(), report, selected);
            ClassIndex classes = packing == Targets.CLASS ? classes(request, report) : null;
            List<String> names = classes == null ? source.stepClasses() : classes.names();
            DataSchema schema = new DataSchema(
                    request.spec(),
                    shape,
                    source.featureColumns(),
                    source.labelColumns(),
                    request.targets(),
                    classes == null ? names == null ? 0 : names.size() : classes.count(),
                    names);
            return new LoadedRows(source.name(), packed, rows(packed, classes, layout), layout, schema);
        } catch (RuntimeException e) {
            packed.unpersist(false);
            throw e;
        }
    }

    private static Shape shape(SourceRequest request, Source source) {
        if (source.width() == 0) {
            throw new IngestException(source.name() + ": no rows");
        }
        Shape shape = request.spec().shape();
        if (shape == null) {
            shape = request.known() == null ? source.shape() : request.known().shape();
        }
        if (shape.size() != source.width()) {
            throw new IngestException(source.name() + ": expected " + shape.size() + " features for the shape " + shape
                    + ", got " + source.width());
        }
        if (request.known() != null && !shape.equals(request.known().shape())) {
            throw new IngestException(source.name() + ": expected rows of shape "
                    + request.known().shape() + " as in training, got " + shape);
        }
        return shape;
    }

    private static long[] selected(Configuration configuration, SourceSpec spec) {
        return spec.rows() == null ? null : SelectedRows.read(configuration, spec.rows());
    }

    private static void check(Source source, SourceSpec spec, PackReport report, long[] selected) {
        long last = report.read() - 1;
        if (last >= 0 && selected != null && selected.length > 0 && selected[selected.length - 1] > last) {
            throw new IngestException(spec.rows() + ": expected rows of " + source.name() + " from 0 to " + last
                    + ", got " + selected[selected.length - 1]);
        }
        if (report.kept() == 0) {
            throw new IngestException(source.name() + ": no rows");
        }
    }

    private static ClassIndex classes(SourceRequest request, PackReport report) {
        return request.known() == null
                ? ClassIndex.discover(request.spec().classes(), report.labels())
                : ClassIndex.known(request.known().classes(), request.known().classNames(), report.labels());
    }

    private static JavaRDD<PackedRows> rows(JavaRDD<Packed> packed, ClassIndex classes, RowLayout layout) {
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
    ShardedData shards(RankPlan ranks, long seed) {
        return ShardedData.build(name, rows, layout, ranks, seed);
    }

    /**
     * Cuts one side of a split into shards. Rows with equal features are always on the same side: which one is decided
     * by a hash of the features alone.
     *
     * @param fraction about which part of the rows is on the smaller side
     * @param smaller whether that side is wanted
     */
    ShardedData shards(RankPlan ranks, long seed, double fraction, boolean smaller) {
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
        ShardedData shards = ShardedData.build(name, side, layout, ranks, seed);
        if (shards.rows() == 0) {
            shards.close();
            throw new IngestException(name + ": no rows are left for " + (smaller ? "validation" : "training")
                    + " with a validation fraction of " + fraction);
        }
        return shards;
    }

    /** Lets go of the packed rows. */
    @Override
    public void close() {
        packed.unpersist(false);
    }
}
