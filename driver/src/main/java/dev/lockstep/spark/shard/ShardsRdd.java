package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.spark.ingest.IngestException;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.collection.BufferedIterator;
import scala.collection.Iterator;
import scala.collection.Iterator$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Builds each task's shards from the chunks that the shuffle brings: one {@link TaskShards} a partition, its rows in
 * the {@link BlockStore}. An RDD class of its own because it must know its number to store them.
 */
final class ShardsRdd extends RDD<TaskShards> {
    private static final long serialVersionUID = 1L;
    private static final ClassTag<TaskShards> ELEMENT = ClassTag$.MODULE$.apply(TaskShards.class);
    private static final ClassTag<Tuple2<Long, byte[]>> CHUNK = ClassTag$.MODULE$.apply(Tuple2.class);

    private final String source;
    private final RowLayout layout;
    private final ShardAssignment assignment;
    private final Broadcast<CutPlan> cuts;
    private final long hashSeed;

    /**
     * @param source what errors call the rows
     * @param chunks sorted by key, a partition a task
     */
    ShardsRdd(
            String source,
            JavaPairRDD<Long, byte[]> chunks,
            RowLayout layout,
            ShardAssignment assignment,
            Broadcast<CutPlan> cuts,
            long hashSeed) {
        super(chunks.rdd(), ELEMENT);
        this.source = source;
        this.layout = layout;
        this.assignment = assignment;
        this.cuts = cuts;
        this.hashSeed = hashSeed;
    }

    @Override
    public Partition[] getPartitions() {
        return firstParent(CHUNK).partitions();
    }

    @Override
    public Iterator<TaskShards> compute(Partition partition, TaskContext context) {
        return HeapGuard.guard(() -> build(partition.index(), partition, context));
    }

    private Iterator<TaskShards> build(int task, Partition partition, TaskContext context) {
        int from = assignment.taskFrom(task);
        BufferedIterator<Tuple2<Long, byte[]>> chunks =
                firstParent(CHUNK).iterator(partition, context).buffered();
        CutPlan plan = cuts.value();
        StoredShard[] shards = new StoredShard[assignment.taskTo(task) - from];
        for (int i = 0; i < shards.length; i++) {
            shards[i] = build(task, plan, from + i, chunks);
        }
        return Iterator$.MODULE$.single(new TaskShards(task, shards));
    }

    private StoredShard build(int task, CutPlan plan, int shard, BufferedIterator<Tuple2<Long, byte[]>> chunks) {
        BlockNumbers numbers = new BlockNumbers(assignment.tasks(), plan.shards(), shard);
        int[] stored = {0};
        ShardBuilder builder = new ShardBuilder(
                plan, shard, layout, hashSeed, block -> BlockStore.put(id(), numbers.of(stored[0]++), block));
        while (chunks.hasNext() && RowRouter.shard(chunks.head()._1()) == shard) {
            long key = chunks.head()._1();
            while (chunks.hasNext() && chunks.head()._1() == key) {
                builder.add(RowChunk.decode(chunks.next()._2(), layout));
            }
            builder.endGroup();
        }
        builder.finish();
        int expected = plan.shardRows(shard);
        if (builder.rows() != expected) {
            throw new IngestException(source + ": shard " + shard + " was counted to have " + expected
                    + " rows, but has " + builder.rows() + "; the source changed while it was read");
        }
        ShardSummary summary = new ShardSummary(shard, builder.rows(), builder.rowWeight(), builder.digest());
        return new StoredShard(summary, builder.firstRows(), id(), task, numbers);
    }
}
