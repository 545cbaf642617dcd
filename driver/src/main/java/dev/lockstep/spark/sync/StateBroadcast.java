package dev.lockstep.spark.sync;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.EpochMetrics;
import dev.lockstep.nn.train.TrainState;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * What the ranks need of a state, on its way to them: the position and the vectors, as raw bytes.
 *
 * @param step steps taken
 * @param epoch epochs completed
 * @param stepInEpoch steps taken in the epoch
 * @param epochLosses losses of the epoch so far, to which a round adds its own
 * @param history figures of the completed epochs, which a schedule may depend on
 * @param parameters length of the parameter vector
 * @param buffers length of the buffer vector
 * @param optimizerState length of the optimiser's slots that go along
 * @param vectors the three vectors
 * @param residuals those of each shard, which only its rank fetches; none where gradients are not kept back
 */
record StateBroadcast(
        long step,
        int epoch,
        long stepInEpoch,
        LossSum epochLosses,
        List<EpochMetrics> history,
        int parameters,
        int buffers,
        int optimizerState,
        Broadcast<byte[]> vectors,
        List<Broadcast<byte[]>> residuals)
        implements Serializable {

    private static final float[] NONE = new float[0];

    /**
     * Sends a state out.
     *
     * @param withOptimizer whether the optimiser's slots go along
     */
    static StateBroadcast of(JavaSparkContext context, TrainState state, boolean withOptimizer) {
        float[] optimizerState = withOptimizer ? state.optimizerState() : NONE;
        Parameters parameters = state.parameters();
        List<Broadcast<byte[]>> residuals = new ArrayList<>();
        for (float[] residual : state.residuals()) {
            residuals.add(context.broadcast(Vectors.encode(residual)));
        }
        return new StateBroadcast(
                state.step(),
                state.epoch(),
                state.stepInEpoch(),
                state.epochLosses(),
                new ArrayList<>(state.history()),
                parameters.theta().length,
                parameters.buffers().length,
                optimizerState.length,
                context.broadcast(Vectors.encode(parameters.theta(), parameters.buffers(), optimizerState)),
                residuals);
    }

    /** How many bytes of a state go to each rank. */
    static long bytes(TrainState state, boolean withOptimizer) {
        long floats =
                (long) state.parameters().theta().length + state.parameters().buffers().length;
        return Float.BYTES * (floats + (withOptimizer ? state.optimizerState().length : 0));
    }

    /** How many bytes of residuals go to all ranks together. */
    static long residualBytes(TrainState state) {
        return (long) Float.BYTES
                * state.residuals().size()
                * state.parameters().theta().length;
    }

    /**
     * The state as a rank sees it.
     *
     * @param from the rank's first shard; residuals of others are left empty
     * @param to after its last shard
     */
    TrainState open(int from, int to) {
        ByteBuffer buffer = ByteBuffer.wrap(vectors.value()).order(ByteOrder.LITTLE_ENDIAN);
        Parameters opened = new Parameters(Vectors.get(buffer, parameters), Vectors.get(buffer, buffers));
        float[] slots = Vectors.get(buffer, optimizerState);
        List<float[]> own = new ArrayList<>(Collections.nCopies(residuals.size(), NONE));
        for (int shard = from; shard < Math.min(to, residuals.size()); shard++) {
            own.set(shard, Vectors.decode(residuals.get(shard).value()));
        }
        return new TrainState(step, epoch, stepInEpoch, opened, slots, NONE, own, epochLosses, history);
    }

    /** Takes it back everywhere. */
    void destroy() {
        vectors.destroy();
        residuals.forEach(Broadcast::destroy);
    }
}
