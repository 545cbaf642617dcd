package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.Block;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import scala.Option;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Keeps blocks of rows in the block manager of the executor that runs the task, each by itself, so that rows which do not fit
 * in memory lie on disk block by block. They count as blocks of an RDD beyond its partitions: Spark drops them together
 * with the RDD. The driver is not told of them, since nobody else asks for them.
 */
final class BlockStore {
    private static final ClassTag<Block> BLOCK = ClassTag$.MODULE$.apply(Block.class);

    private BlockStore() {}

    /**
     * Stores a block; one that an earlier attempt of the task left under its number is replaced.
     *
     * @param rdd number of the RDD
     * @param number of the block, beyond the RDD's partitions
     */
    static void put(int rdd, int number, Block block) {
        BlockManager manager = SparkEnv.get().blockManager();
        RDDBlockId id = new RDDBlockId(rdd, number);
        if (manager.getStatus(id).isDefined()) {
            manager.removeBlock(id, false);
        }
        if (!manager.putSingle(id, block, StorageLevel.MEMORY_AND_DISK(), false, BLOCK)) {
            throw new IllegalStateException("no room in memory or on disk for a block of " + block.rows() + " rows");
        }
    }

    /** Fetches a block, from disk if need be. */
    static Block get(int rdd, int number) {
        Option<BlockResult> result = SparkEnv.get().blockManager().getLocalValues(new RDDBlockId(rdd, number));
        if (result.isEmpty()) {
            throw new IllegalStateException("block " + number + " of RDD " + rdd + " is gone from its executor");
        }
        // The block stays locked against eviction until its iterator says that it has ended.
        Iterator<Object> values = result.get().data();
        Block block = (Block) values.next();
        if (values.hasNext()) {
            throw new IllegalStateException("block " + number + " of RDD " + rdd + " holds more than one value");
        }
        return block;
    }
}
