package dev.lockstep.spark.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
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

    /**
     * A partition.
     *
     * @param parts what it reads
     * @param hosts who has the beginning of it
     */
    record Placed(FilePart[] parts, List<String> hosts) {}

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
        List<Placed> groups = new ArrayList<>();
        List<FilePart> current = new ArrayList<>();
        List<String> hosts = List.of();
        long bytes = 0;
        for (FileStatus file : files) {
            BlockLocation[] blocks = blocks(configuration, file);
            boolean whole = !divisible || DataFiles.isCompressed(configuration, file.getPath());
            for (FilePart part : whole ? List.of(FilePart.whole(file)) : cut(file, size)) {
                if (!current.isEmpty() && bytes + part.length() > size) {
                    groups.add(new Placed(current.toArray(FilePart[]::new), hosts));
                    current.clear();
                    bytes = 0;
                }
                if (current.isEmpty()) {
                    hosts = hosts(blocks, part.start());
                }
                current.add(part);
                bytes += part.length() + OPEN_COST;
            }
        }
        if (!current.isEmpty()) {
            groups.add(new Placed(current.toArray(FilePart[]::new), hosts));
        }
        return distribute(spark, groups);
    }

    private static List<FilePart> cut(FileStatus file, long size) {
        List<FilePart> parts = new ArrayList<>();
        for (long start = 0; start < file.getLen(); start += size) {
            parts.add(new FilePart(file.getPath().toString(), start, Math.min(size, file.getLen() - start)));
        }
        return parts;
    }

    /** One partition a group. */
    static JavaRDD<FilePart[]> distribute(SparkSession spark, List<Placed> groups) {
        // The type of a Scala sequence differs between the versions of Scala; var lets one source serve both.
        var located = groups.stream()
                .map(group -> new Tuple2<>(
                        group.parts(),
                        JavaConverters.asScalaBuffer(group.hosts()).toSeq()))
                .toList();
        ClassTag<FilePart[]> tag = ClassTag$.MODULE$.apply(FilePart[].class);
        return spark.sparkContext()
                .makeRDD(JavaConverters.asScalaBuffer(located).toSeq(), tag)
                .toJavaRDD();
    }

    /**
     * Where the blocks of a file lie. Costs a call at most, and none where a listing has told them or where they lie
     * nowhere, as on object stores.
     */
    static BlockLocation[] blocks(Configuration configuration, FileStatus file) {
        if (file instanceof LocatedFileStatus located && located.getBlockLocations() != null) {
            return located.getBlockLocations();
        }
        try {
            BlockLocation[] blocks =
                    file.getPath().getFileSystem(configuration).getFileBlockLocations(file, 0, file.getLen());
            return blocks == null ? new BlockLocation[0] : blocks;
        } catch (IOException e) {
            throw new IngestException(DataFiles.shown(file.getPath()) + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Who has the block with a byte of a file. */
    static List<String> hosts(BlockLocation[] blocks, long position) {
        try {
            for (BlockLocation block : blocks) {
                if (block.getOffset() <= position && position < block.getOffset() + block.getLength()) {
                    return List.of(block.getHosts());
                }
            }
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
