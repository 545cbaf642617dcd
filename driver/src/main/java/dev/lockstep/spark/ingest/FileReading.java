package dev.lockstep.spark.ingest;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Files divided among partitions, with the configuration to open them on an executor. */
final class FileReading {
    private final Configuration configuration;
    private final Broadcast<SerializableConfiguration> shared;
    private final JavaRDD<FilePart[]> parts;

    /** Text files, divided by bytes. */
    FileReading(SparkSession spark, List<FileStatus> files, boolean divisible) {
        this(spark, FileParts.ofBytes(spark, files, divisible));
    }

    /** Files divided in a way of their own. */
    FileReading(SparkSession spark, JavaRDD<FilePart[]> parts) {
        this.configuration = spark.sessionState().newHadoopConf();
        this.shared = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .broadcast(new SerializableConfiguration(configuration));
        this.parts = parts;
    }

    /** Opens part of a file. */
    @FunctionalInterface
    interface Opener<T> extends Serializable {
        /** Opens it on the executor. */
        T open(Configuration configuration, FilePart part) throws IOException;
    }

    /** The configuration, for the driver. */
    Configuration configuration() {
        return configuration;
    }

    /** Reads the rows of all files. */
    <T> JavaRDD<T> read(Source.PartitionReader<T> reader, Opener<RowCursor> opener) {
        Broadcast<SerializableConfiguration> conf = shared;
        return parts.mapPartitionsWithIndex(
                (partition, groups) -> {
                    Iterator<FilePart> each = Arrays.asList(groups.next()).iterator();
                    return reader.read(partition, opened(conf.value().value(), each, opener));
                },
                true);
    }

    private static Iterator<Supplier<RowCursor>> opened(
            Configuration configuration, Iterator<FilePart> parts, Opener<RowCursor> opener) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return parts.hasNext();
            }

            @Override
            public Supplier<RowCursor> next() {
                FilePart part = parts.next();
                return () -> {
                    try {
                        return opener.open(configuration, part);
                    } catch (IOException e) {
                        throw new IngestException(
                                DataFiles.shown(part.path()) + ": cannot be read: " + e.getMessage(), e);
                    }
                };
            }
        };
    }

    /** The parts, for readers of their own kind. */
    JavaRDD<FilePart[]> parts() {
        return parts;
    }

    /** The configuration, for executors. */
    Broadcast<SerializableConfiguration> shared() {
        return shared;
    }
}
