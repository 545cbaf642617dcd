package dev.lockstep.spark.shard;

import dev.lockstep.spark.ingest.JavaBytes;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * Merges what the partitions of a source know, on the executors, in a tree. A part is read and written once a level; at
 * most {@value #MOST_AT_ONCE} of them reach the driver.
 */
final class MergeTree {
    private static final int MOST_AT_ONCE = 8;

    private MergeTree() {}

    /** Adds a part to another one. */
    @FunctionalInterface
    interface Merge<T> extends Serializable {
        /** Adds the second to the first, which is changed. */
        void add(T whole, T part);
    }

    /**
     * Merges all parts, in no fixed order.
     *
     * @param parts at most some of each partition, as {@link JavaBytes} writes them
     * @return the whole; null: there are no parts
     */
    static <T extends Serializable> @Nullable T merge(JavaRDD<byte[]> parts, Class<T> type, Merge<T> merge) {
        JavaRDD<byte[]> level = parts;
        while (level.getNumPartitions() > MOST_AT_ONCE) {
            int fewer = (int) Math.ceil(Math.sqrt(level.getNumPartitions()));
            level = level.mapPartitionsToPair(MergeTree::numbered)
                    .partitionBy(new HashPartitioner(fewer))
                    .values()
                    .mapPartitions(bytes -> {
                        T whole = whole(bytes, type, merge);
                        return whole == null
                                ? Collections.emptyIterator()
                                : List.of(JavaBytes.of(whole)).iterator();
                    });
        }
        return whole(level.collect().iterator(), type, merge);
    }

    /** By the number of the partition, so that each place of the next level gets as many. */
    private static Iterator<Tuple2<Integer, byte[]>> numbered(Iterator<byte[]> parts) {
        List<Tuple2<Integer, byte[]>> numbered = new ArrayList<>();
        parts.forEachRemaining(part -> numbered.add(new Tuple2<>(TaskContext.getPartitionId(), part)));
        return numbered.iterator();
    }

    private static <T extends Serializable> @Nullable T whole(Iterator<byte[]> parts, Class<T> type, Merge<T> merge) {
        T whole = null;
        while (parts.hasNext()) {
            T part = JavaBytes.read(parts.next(), type);
            if (whole == null) {
                whole = part;
            } else {
                merge.add(whole, part);
            }
        }
        return whole;
    }
}
