package dev.lockstep.spark.ingest;

import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;

/**
 * The one door for rows: files of any format, a table, a data frame. Ingest asks what they are, then reads them; their
 * use is not the source's concern.
 */
public interface Source {
    /** What the rows are; the same at every call. */
    SourceDescription description();

    /**
     * Reads the rows, partition by partition, when the result is used.
     *
     * @param reader makes something of the rows of each partition
     */
    <T> JavaRDD<T> read(PartitionReader<T> reader);

    /**
     * Makes something of the rows of a partition. Travels to the executors.
     *
     * @param <T> what is made of them
     */
    @FunctionalInterface
    interface PartitionReader<T> extends Serializable {
        /**
         * Reads a partition.
         *
         * @param partition number of the partition
         * @param pieces open the pieces of the partition, in order; each is closed before the next is opened
         */
        Iterator<T> read(int partition, Iterator<Supplier<RowCursor>> pieces);
    }
}
