package dev.lockstep.spark.ingest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Divides files among partitions: each partition gets consecutive parts of about the same size. Which parts these are
 * is no part of any result, it only decides who reads what.
 */
final class FileParts {
    /** What opening a file costs, in bytes that could be read instead. */
    private static final long OPEN_COST = 1 << 16;

    private FileParts() {}

    /** The bytes a partition should get: enough for every core to have one, within Spark's own limit. */
    static long partitionBytes(SparkSession spark, long totalBytes) {
        long most = spark.sessionState().conf().filesMaxPartitionBytes();
        long share = totalBytes / Math.max(1, spark.sparkContext().defaultParallelism()) + 1;
        return Math.max(1, Math.min(most, Math.max(OPEN_COST, share)));
    }

    /**
     * Ranges of bytes of text files.
     *
     * @param divisible whether a file may be divided at all
     */
    static JavaRDD<FilePart[]> ofBytes(SparkSession spark, List<FileStatus> files, boolean divisible) {
        Configuration configuration = spark.sessionState().newHadoopConf();
        long total = files.stream().mapToLong(FileStatus::getLen).sum();
        long size = partitionBytes(spark, total);
        List<FilePart> parts = new ArrayList<>();
        for (FileStatus file : files) {
            if (!divisible || DataFiles.isCompressed(configuration, file.getPath())) {
                parts.add(FilePart.whole(file));
                continue;
            }
            for (long start = 0; start < file.getLen(); start += size) {
                parts.add(new FilePart(file.getPath().toString(), start, Math.min(size, file.getLen() - start)));
            }
        }
        return distribute(spark, group(parts, size));
    }

    /** Puts consecutive small parts together. */
    private static List<FilePart[]> group(List<FilePart> parts, long size) {
        List<FilePart[]> groups = new ArrayList<>();
        List<FilePart> current = new ArrayList<>();
        long bytes = 0;
        for (FilePart part : parts) {
            if (!current.isEmpty() && bytes + part.length() > size) {
                groups.add(current.toArray(FilePart[]::new));
                current.clear();
                bytes = 0;
            }
            current.add(part);
            bytes += part.length() + OPEN_COST;
        }
        if (!current.isEmpty()) {
            groups.add(current.toArray(FilePart[]::new));
        }
        return groups;
    }

    /** One partition a group, to be read where its first part lies. */
    static JavaRDD<FilePart[]> distribute(SparkSession spark, List<FilePart[]> groups) {
        Configuration configuration = spark.sessionState().newHadoopConf();
        // The type of a Scala sequence differs between the versions of Scala; var lets one source serve both.
        var located = groups.stream()
                .map(group -> new Tuple2<>(
                        group,
                        JavaConverters.asScalaBuffer(hosts(configuration, group[0]))
                                .toSeq()))
                .toList();
        ClassTag<FilePart[]> tag = ClassTag$.MODULE$.apply(FilePart[].class);
        return spark.sparkContext()
                .makeRDD(JavaConverters.asScalaBuffer(located).toSeq(), tag)
                .toJavaRDD();
    }

    private static List<String> hosts(Configuration configuration, FilePart part) {
        try {
            BlockLocation[] locations =
                    part.path().getFileSystem(configuration).getFileBlockLocations(part.path(), part.start(), 1);
            return locations.length == 0 ? List.of() : Arrays.asList(locations[0].getHosts());
        } catch (IOException e) {
            throw new IngestException(DataFiles.shown(part.path()) + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
