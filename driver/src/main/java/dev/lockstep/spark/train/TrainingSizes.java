package dev.lockstep.spark.train;

import dev.lockstep.nn.data.EpochOrder;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.layer.Layer;
import dev.lockstep.nn.model.LayerProbe;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.train.Compression;
import dev.lockstep.nn.train.EarlyStopping;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.shard.ShardSummary;
import dev.lockstep.spark.shard.ShardedData;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a job that decide how much memory it takes.
 *
 * @param parameters length of the parameter vector
 * @param gradient length of a gradient without what it keeps by rows
 * @param slots vectors that the optimiser keeps beside the parameters, an average of the weights included
 * @param driverVectors vectors that the driver alone keeps: the best epoch's parameters, the momentum of an outer step
 * @param shards how many shards there are
 * @param shardGradients whether each shard has a gradient of its own, because they are compressed
 * @param residuals whether each shard keeps a part of its gradient back
 * @param checkpoints whether a copy of the state is made to be written
 * @param windowBytes bytes of the rows that a shard holds while it reads them; 0: not known yet
 * @param stepBytes bytes of a shard's rows of a step, and of what the layers make of them; 0: not known yet
 * @param probeBytes bytes of what measures the layers after an epoch, see {@link LayerProbe}; 0: nothing does, or not
 *     known yet
 */
record TrainingSizes(
        long parameters,
        long gradient,
        int slots,
        int driverVectors,
        int shards,
        boolean shardGradients,
        boolean residuals,
        boolean checkpoints,
        long windowBytes,
        long stepBytes,
        long probeBytes) {

    /**
     * The numbers of a job.
     *
     * @param network bound to the rows' features
     * @param layout of the rows
     * @param checkpoints whether checkpoints are written
     * @param probed whether the layers are measured
     * @param rows the training rows; null: not read yet
     */
    static TrainingSizes of(
            JobSpec job,
            Network network,
            RowLayout layout,
            boolean checkpoints,
            boolean probed,
            @Nullable ShardedData rows) {
        SyncSpec sync = job.sync();
        boolean compressed = !(sync.compression() instanceof Compression.None);
        EarlyStopping stopping = job.train().earlyStopping();
        boolean best = stopping != null && stopping.restoreBest();
        boolean momentum =
                sync.mode() == SyncSpec.Mode.AVERAGING && sync.outer().keepsVelocity();
        long byRows = 0;
        if (!compressed) {
            for (RowTensor tensor : network.gradientLayout(layout).tensors()) {
                byRows += tensor.length();
            }
        }
        return new TrainingSizes(
                network.parameterCount(),
                network.parameterCount() - byRows,
                job.optimizer().slots()
                        + (job.train().trace() == null ? 0 : job.train().trace().slots()),
                (best ? 1 : 0) + (momentum ? 1 : 0),
                job.data().shards(),
                compressed,
                sync.compression().keepsResiduals(),
                checkpoints,
                rows == null || rows.isSparse() ? 0 : windowBytes(rows),
                rows == null ? 0 : stepBytes(network, rows, job.train().batchSize()),
                rows == null || !probed ? 0 : LayerProbe.bytes(network, layout, rows.rows()));
    }

    private static long mostRows(ShardedData rows) {
        return rows.shards().stream().mapToLong(ShardSummary::rows).max().orElse(0);
    }

    private static long windowBytes(ShardedData rows) {
        return EpochOrder.windowNumbers(mostRows(rows), rows.layout().width()) * Float.BYTES;
    }

    private static long stepBytes(Network network, ShardedData rows, int batchSize) {
        long steps = EpochOrder.steps(rows.rows(), batchSize);
        long floats = rows.isSparse() ? 0 : rows.layout().features().size();
        for (Layer layer : network.layers()) {
            // A layer without parameters may only look at the output of another one in a new way.
            floats += layer.parameters() > 0 ? layer.output().size() : 0;
        }
        return EpochOrder.mostRows(steps, (int) mostRows(rows)) * floats * Float.BYTES;
    }

    /** Bytes of a vector with a float for each parameter. */
    long vectorBytes() {
        return parameters * Float.BYTES;
    }

    /** Bytes of a gradient without what it keeps by rows. */
    long gradientBytes() {
        return gradient * Float.BYTES;
    }

    /** Vectors of the parameters and the optimiser's slots. */
    long stateVectors() {
        return 1L + slots;
    }
}
