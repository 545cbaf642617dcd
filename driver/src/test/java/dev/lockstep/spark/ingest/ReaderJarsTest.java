package dev.lockstep.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.LocalSession;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.SourceSpec;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers whose jars do not come with Spark: each of them gives the rows that were written. */
@Tag("cluster")
class ReaderJarsTest {
    @TempDir
    private static Path directory;

    private static ClassLoader before;
    private static URLClassLoader loader;
    private static SparkSession spark;
    private static Dataset<Row> rows;
    private static List<Row> expected;

    @BeforeAll
    static void start() {
        // Spark finds readers by the thread's class loader, and no other test finds these.
        before = Thread.currentThread().getContextClassLoader();
        URL[] jars = Arrays.stream(
                        Objects.requireNonNull(new File(System.getProperty("lockstep.reader.jars")).listFiles()))
                .map(ReaderJarsTest::url)
                .toArray(URL[]::new);
        loader = new URLClassLoader(jars, before);
        Thread.currentThread().setContextClassLoader(loader);
        spark = LocalSession.start(
                1,
                "spark.sql.shuffle.partitions",
                "1",
                "spark.sql.extensions",
                "io.delta.sql.DeltaSparkSessionExtension",
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog",
                "spark.databricks.delta.snapshotPartitions",
                "1");
        rows = spark.range(20)
                .selectExpr("cast(20 + id as int) age", "if(id % 3 = 0, 'pro', 'basic') plan", "cast(id % 4 as int) y")
                .cache();
        expected = rows.collectAsList();
    }

    @AfterAll
    static void stop() throws IOException {
        spark.stop();
        Thread.currentThread().setContextClassLoader(before);
        loader.close();
    }

    private static URL url(File jar) {
        try {
            return jar.toURI().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The rows that a job file names. */
    private static List<Row> read(String train) {
        SourceSpec source = JobFile.parse("""
                        data: {train: {%s, label: y}}
                        model: {layers: [dense: 1], loss: meanSquaredError}
                        output: {dir: unused}
                        """.formatted(train), "job.yaml", List.of())
                .data()
                .train();
        Dataset<Row> read = source.format() == SourceSpec.Format.TABLE
                ? Sources.table(spark, source)
                : SparkReader.open(spark, source);
        return read.orderBy("age").collectAsList();
    }

    @Test
    void avro() {
        rows.write().format("avro").save(directory.resolve("avro").toString());
        assertThat(read("path: " + directory.resolve("avro") + ", reader: avro"))
                .isEqualTo(expected);
    }

    /** H2, in a file, since each of Spark's tasks connects to it by itself. */
    @Test
    void jdbc() {
        String url = "jdbc:h2:" + directory.resolve("shop");
        rows.write()
                .format("jdbc")
                .option("url", url)
                .option("driver", "org.h2.Driver")
                .option("dbtable", "customers")
                .save();
        String options = "options: {url: \"%s\", driver: org.h2.Driver, dbtable: customers}".formatted(url);
        assertThat(read("reader: jdbc, " + options + ", query: \"select AGE age, PLAN plan, Y y from rows\""))
                .isEqualTo(expected);
        String partitions = options.replace(
                "}", ", partitionColumn: AGE, lowerBound: \"20\", upperBound: \"40\", numPartitions: \"3\"}");
        assertThat(read("reader: jdbc, " + partitions + ", query: \"select AGE age, PLAN plan, Y y from rows\""))
                .isEqualTo(expected);
    }

    /** A version of a table that has changed since, too. */
    @Test
    void delta() {
        String path = directory.resolve("delta").toString();
        rows.coalesce(1).write().format("delta").save(path);
        assertThat(read("path: " + path + ", reader: delta")).isEqualTo(expected);
        rows.limit(5).coalesce(1).write().format("delta").mode("append").save(path);
        assertThat(read("path: " + path + ", reader: delta, options: {versionAsOf: \"0\"}"))
                .isEqualTo(expected);
        assertThat(read("path: \"delta.`" + path + "`\", format: table")).hasSize(25);
    }
}
