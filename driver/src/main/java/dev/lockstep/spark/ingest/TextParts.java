package dev.lockstep.spark.ingest;

import dev.lockstep.spark.ingest.text.TextCharacters;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Text files divided by bytes. The row that a character is in follows from its number in the file, so the characters of
 * each part are counted first, by the executors.
 *
 * @param reading the parts, which know how many characters come before them
 * @param characters the distinct ones in increasing order; none if nobody asked
 */
record TextParts(FileReading reading, List<String> characters) {

    /** What one part holds. */
    private record Content(FilePart part, long count, BitSet distinct) implements Serializable {}

    /**
     * Divides files.
     *
     * @param discover whether to find out which characters there are
     */
    static TextParts of(SparkSession spark, List<FileStatus> files, boolean discover) {
        JavaRDD<FilePart[]> parts = FileParts.ofBytes(spark, files, true);
        FileReading reading = new FileReading(spark, parts);
        if (!discover && parts.getNumPartitions() == 1) {
            return new TextParts(reading, List.of());
        }
        Broadcast<SerializableConfiguration> conf = reading.shared();
        List<Content[]> partitions =
                parts.map(each -> contents(conf.value().value(), each)).collect();
        BitSet distinct = new BitSet();
        Map<String, Long> soFar = new HashMap<>();
        List<long[]> before = new ArrayList<>();
        for (Content[] contents : partitions) {
            long[] each = new long[contents.length];
            for (int i = 0; i < contents.length; i++) {
                String file = contents[i].part().path().toString();
                each[i] = soFar.getOrDefault(file, 0L);
                soFar.merge(file, contents[i].count(), Long::sum);
                distinct.or(contents[i].distinct());
            }
            before.add(each);
        }
        return new TextParts(
                new FileReading(spark, counted(parts, before)),
                distinct.stream().mapToObj(Character::toString).toList());
    }

    private static JavaRDD<FilePart[]> counted(JavaRDD<FilePart[]> parts, List<long[]> before) {
        return parts.mapPartitionsWithIndex(
                (partition, groups) -> {
                    FilePart[] each = groups.next().clone();
                    for (int i = 0; i < each.length; i++) {
                        each[i] = each[i].after(before.get(partition)[i]);
                    }
                    return Collections.singleton(each).iterator();
                },
                true);
    }

    private static Content[] contents(Configuration configuration, FilePart[] parts) throws IOException {
        Content[] contents = new Content[parts.length];
        for (int i = 0; i < parts.length; i++) {
            contents[i] = content(configuration, parts[i]);
        }
        return contents;
    }

    private static Content content(Configuration configuration, FilePart part) throws IOException {
        BitSet distinct = new BitSet();
        long count = 0;
        try (TextCharacters text = new TextCharacters(configuration, part.split(), part.before())) {
            while (text.inPart()) {
                int codePoint = text.next();
                if (codePoint < 0) {
                    break;
                }
                count++;
                distinct.set(codePoint);
            }
        } catch (RowException e) {
            throw new IngestException(DataFiles.shown(part.path()) + ": " + e.getMessage(), e);
        }
        return new Content(part, count, distinct);
    }
}
