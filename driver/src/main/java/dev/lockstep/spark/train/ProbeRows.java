package dev.lockstep.spark.train;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.ShardRows;
import dev.lockstep.nn.model.LayerProbe;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.ingest.JavaBytes;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.shard.TaskShards;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a {@link LayerProbe}: the first ones of each shard, which are drawn by a hash. Which ones depends on the
 * rows, the seed and the number of shards alone.
 */
final class ProbeRows {
    private ProbeRows() {}

    /** A probe of some training rows; null where it would take too much. */
    static @Nullable LayerProbe probe(TrainingSetup setup, ShardedData training) {
        Network network = setup.network();
        RowLayout layout = training.layout();
        int count = LayerProbe.rows(network, layout, training.rows());
        if (count == 0) {
            return null;
        }
        int shards = training.assignment().shards();
        int share = (count + shards - 1) / shards;
        List<byte[]> parts = training.rdd()
                .map(task -> JavaBytes.of(first(task, layout, share, count)))
                .collect();
        RowArray rows = new RowArray(layout, count);
        for (byte[] part : parts) {
            RowArray some = JavaBytes.read(part, RowArray.class);
            for (int row = 0; row < some.rows() && rows.rows() < count; row++) {
                rows.add(some, row);
            }
        }
        return new LayerProbe(
                network,
                layout,
                setup.evaluation().scaling(),
                rows.trimmed(),
                setup.plan().seed());
    }

    /** The first rows of a task's shards; none of those that are not needed. */
    private static RowArray first(TaskShards task, RowLayout layout, int share, int shards) {
        RowArray rows = new RowArray(layout, share);
        for (ShardRows shard : task.shards()) {
            int taken = 0;
            for (int i = 0; i < shard.blocks() && shard.shard() < shards && taken < share; i++) {
                RowArray packed = shard.block(i).packed();
                for (int row = 0; row < packed.rows() && taken < share; row++, taken++) {
                    rows.add(packed, row);
                }
            }
        }
        return rows.trimmed();
    }
}
