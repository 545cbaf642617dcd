package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.spark.ingest.ShardedData;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;

/**
 * The ranks over one set of rows, each a partition. One Spark job a call: parameters go out as a broadcast, nodes of the
 * shard tree come back as task results, both as raw bytes.
 */
public final class RankPool implements AutoCloseable {
    private final JavaSparkContext context;
    private final JavaRDD<RankWorker> workers;
    private final int shards;
    private long bytesSent;

    /** Ranks over persisted shards. */
    public RankPool(JavaSparkContext context, RankSetup setup, ShardedData data) {
        this.context = context;
        this.shards = data.ranks().shards();
        this.workers =
                data.rdd().map(rank -> new RankWorker(setup, rank.shards())).persist(StorageLevel.MEMORY_ONLY());
    }

    /** The losses of all rows outside training, along the tree; null without rows. */
    public LossSum losses(Parameters parameters) {
        StateBroadcast state = StateBroadcast.ofParameters(context, TrainState.initial(parameters, 0, false));
        return ShardTree.combine(
                shards,
                run(state, SumCodec.LOSSES, (worker, opened) -> worker.losses(opened.parameters())),
                LossSum::plus);
    }

    /** Bytes that these ranks and the driver have exchanged so far. */
    long bytesSent() {
        return bytesSent;
    }

    /** What a rank does with a state. */
    interface RankTask extends Serializable {
        /** Returns encoded nodes of the shard tree. */
        byte[] run(RankWorker worker, TrainState state);
    }

    /**
     * Runs a task on every rank.
     *
     * @param state what it works on; destroyed afterwards
     * @param codec how its results are encoded
     */
    <T> List<ShardTree.Partial<T>> run(StateBroadcast state, SumCodec<T> codec, RankTask task) {
        List<byte[]> results;
        try {
            results = workers.map(worker -> task.run(worker, state.open())).collect();
        } finally {
            state.vectors().destroy();
        }
        List<ShardTree.Partial<T>> partials = new ArrayList<>();
        for (byte[] result : results) {
            bytesSent += result.length + state.bytes();
            partials.addAll(codec.decode(result));
        }
        return partials;
    }

    /** Lets go of the ranks' memory; the rows stay. */
    @Override
    public void close() {
        workers.unpersist(false);
    }
}
