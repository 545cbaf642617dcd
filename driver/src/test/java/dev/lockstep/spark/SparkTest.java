package dev.lockstep.spark;

import com.holdenkarau.spark.testing.SharedJavaSparkContext;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.shard.ShardSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A Spark session of two cores in this JVM, and what the tests share that read rows. */
public abstract class SparkTest extends SharedJavaSparkContext {
    protected static final long SEED = 11;

    @TempDir
    protected Path directory;

    protected SparkSession spark;

    @Override
    public SparkConf conf() {
        return new SparkConf()
                .setMaster("local[2]")
                .setAppName(getClass().getSimpleName())
                .set("spark.ui.enabled", "false")
                .set("spark.sql.shuffle.partitions", "2")
                .set("spark.driver.host", "127.0.0.1");
    }

    @BeforeEach
    void startSpark() {
        runBefore();
        spark = SparkSession.builder().config(jsc().getConf()).getOrCreate();
    }

    @AfterAll
    static void stopSpark() {
        SparkSession.clearActiveSession();
        SparkSession.clearDefaultSession();
        SharedJavaSparkContext.runAfterClass();
    }

    protected Path write(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    protected static Spec source() {
        return new Spec();
    }

    /** A source spec, component by component. */
    protected static final class Spec {
        private String path;
        private SourceSpec.Format format;
        private Names label;
        private Names features;
        private String weight;
        private String length;
        private Boolean header;
        private String delimiter;
        private Shape shape;
        private Names classes;
        private String rows;

        public Spec path(Object value) {
            path = value.toString();
            return this;
        }

        public Spec format(SourceSpec.Format value) {
            format = value;
            return this;
        }

        public Spec label(String... values) {
            label = new Names(List.of(values));
            return this;
        }

        public Spec features(String... values) {
            features = new Names(List.of(values));
            return this;
        }

        public Spec weight(String value) {
            weight = value;
            return this;
        }

        public Spec length(String value) {
            length = value;
            return this;
        }

        public Spec header(boolean value) {
            header = value;
            return this;
        }

        public Spec delimiter(String value) {
            delimiter = value;
            return this;
        }

        public Spec shape(int... value) {
            shape = Shape.of(value);
            return this;
        }

        public Spec classes(String... values) {
            classes = new Names(List.of(values));
            return this;
        }

        public Spec rows(Object value) {
            rows = value.toString();
            return this;
        }

        public SourceSpec spec() {
            return new SourceSpec(
                    path, format, label, features, weight, length, header, delimiter, shape, classes, rows);
        }
    }

    /** Shard digests that rows in memory have. */
    protected static List<ShardSummary> expected(RowLayout layout, float[] values, int shards) {
        List<MemoryShard> reference =
                CanonicalOrder.shards(layout, values, values.length / layout.width(), shards, SEED);
        return reference.stream()
                .map(shard -> new ShardSummary(shard.shard(), shard.rows(), shard.rowWeight(), shard.digest()))
                .toList();
    }
}
