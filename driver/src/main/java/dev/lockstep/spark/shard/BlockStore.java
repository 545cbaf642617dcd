package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.Block;
import java.io.InputStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockManagerId;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import scala.Option;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Keeps blocks of rows in the block manager of the executor that runs the task, each by itself, so that rows which do
 * not fit in memory lie on disk block by block. They count as blocks of an RDD beyond its partitions: Spark drops them
 * together with the RDD. The driver is not told of them: who needs one knows where it was made.
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

    /** The block manager of the executor that runs the task. */
    static BlockManagerId here() {
        return SparkEnv.get().blockManager().blockManagerId();
    }

    /**
     * Fetches a block, from disk if need be. A task may run elsewhere than where its blocks are, after an executor has
     * been lost: the block is then brought here once.
     *
     * @param home where the block was made
     * @throws LostRowsException if it is not there any more
     */
    static Block get(int rdd, int number, BlockManagerId home) {
        RDDBlockId id = new RDDBlockId(rdd, number);
        Option<BlockResult> result = SparkEnv.get().blockManager().getLocalValues(id);
        if (result.isEmpty()) {
            if (home.equals(here())) {
                throw new LostRowsException("block " + number + " of RDD " + rdd + " is gone from its executor", null);
            }
            Block block = fetch(id, home);
            put(rdd, number, block);
            return block;
        }
        // The block stays locked against eviction until its iterator says that it has ended.
        return only(result.get().data(), id);
    }

    private static Block fetch(RDDBlockId id, BlockManagerId home) {
        BlockManager manager = SparkEnv.get().blockManager();
        try (InputStream in = manager.blockTransferService()
                .fetchBlockSync(home.host(), home.port(), home.executorId(), id.name(), null)
                .createInputStream()) {
            Iterator<Block> blocks = manager.serializerManager().dataDeserializeStream(id, in, BLOCK);
            return only(blocks, id);
        } catch (Exception e) {
            // Among them checked ones of Spark, which its methods do not declare.
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted while fetching " + id.name(), e);
            }
            throw new LostRowsException(
                    "cannot fetch " + id.name() + " from executor " + home.executorId() + " at " + home.hostPort()
                            + ": " + e.getMessage(),
                    e);
        }
    }

    /** Forgets an element of the RDD on this executor, so that its rows are built again. */
    static void drop(int rdd, int partition) {
        SparkEnv.get().blockManager().removeBlock(new RDDBlockId(rdd, partition), true);
    }

    private static Block only(Iterator<?> values, RDDBlockId id) {
        Block block = (Block) values.next();
        if (values.hasNext()) {
            throw new IllegalStateException(id.name() + " holds more than one value");
        }
        return block;
    }
}
