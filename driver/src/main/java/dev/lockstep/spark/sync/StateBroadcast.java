package dev.lockstep.spark.sync;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.Spread;
import dev.lockstep.nn.train.EpochMetrics;
import dev.lockstep.nn.train.TrainState;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * What the ranks need of a state, on its way to them: the position and the vectors, as raw bytes in pieces, so that a
 * vector may be longer than what a broadcast can hold.
 *
 * @param step steps taken
 * @param epoch epochs completed
 * @param stepInEpoch steps taken in the epoch
 * @param epochLosses losses of the epoch so far, to which a round adds its own
 * @param history figures of the completed epochs, which a schedule may depend on
 * @param parameters length of the parameter vector
 * @param buffers length of the buffer vector
 * @param spread what the numbers of a distribution over the parameters are; null: there is none
 * @param optimizerState length of the optimiser's slots that go along
 * @param vectors the vectors, one after another, in pieces of {@value #PIECE} floats
 * @param residuals pieces of those of each shard, which only its rank fetches; none where gradients are not kept back,
 *     or where ranks fetch theirs otherwise
 */
record StateBroadcast(
        long step,
        int epoch,
        long stepInEpoch,
        LossSum epochLosses,
        List<EpochMetrics> history,
        int parameters,
        int buffers,
        Spread.@Nullable Form spread,
        int optimizerState,
        List<Broadcast<byte[]>> vectors,
        List<List<Broadcast<byte[]>>> residuals)
        implements Serializable {

    /** Floats of a piece: 64 MB. */
    static final int PIECE = 1 << 24;

    private static final float[] NONE = new float[0];

    /**
     * Sends a state out.
     *
     * @param withOptimizer whether the optimiser's slots go along
     */
    static StateBroadcast of(JavaSparkContext context, TrainState state, boolean withOptimizer) {
        return of(context, state, withOptimizer ? state.optimizerState() : NONE, state.residuals());
    }

    /** Sends the position, the parameters and the buffers of a state out, whose other parts each rank fetches alone. */
    static StateBroadcast ofParameters(JavaSparkContext context, TrainState state) {
        return of(context, state, NONE, List.of());
    }

    private static StateBroadcast of(
            JavaSparkContext context, TrainState state, float[] optimizerState, List<float[]> residuals) {
        Parameters parameters = state.parameters();
        return new StateBroadcast(
                state.step(),
                state.epoch(),
                state.stepInEpoch(),
                state.epochLosses(),
                new ArrayList<>(state.history()),
                parameters.theta().length,
                parameters.buffers().length,
                parameters.spread() == null ? null : parameters.spread().form(),
                optimizerState.length,
                pieces(context, parameters.theta(), parameters.buffers(), numbers(parameters), optimizerState),
                new ArrayList<>(residuals.stream()
                        .map(residual -> pieces(context, residual))
                        .toList()));
    }

    private static float[] numbers(Parameters parameters) {
        return parameters.spread() == null ? NONE : parameters.spread().values();
    }

    private static List<Broadcast<byte[]>> pieces(JavaSparkContext context, float[]... floats) {
        List<Broadcast<byte[]>> pieces = new ArrayList<>();
        Vectors.encode(PIECE, piece -> pieces.add(context.broadcast(piece)), floats);
        return pieces;
    }

    /** How many bytes of a state go to each rank. */
    static long bytes(TrainState state, boolean withOptimizer) {
        long floats = (long) state.parameters().theta().length
                + state.parameters().buffers().length
                + numbers(state.parameters()).length;
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
        Parameters opened = room();
        float[] slots = new float[optimizerState];
        read(vectors, opened.theta(), opened.buffers(), numbers(opened), slots);
        List<float[]> own = new ArrayList<>(Collections.nCopies(residuals.size(), NONE));
        for (int shard = from; shard < Math.min(to, residuals.size()); shard++) {
            float[] residual = new float[parameters];
            read(residuals.get(shard), residual);
            own.set(shard, residual);
        }
        return at(opened, slots, own);
    }

    /** The parameters and buffers alone. */
    Parameters openParameters() {
        Parameters opened = room();
        read(vectors, opened.theta(), opened.buffers(), numbers(opened));
        return opened;
    }

    private Parameters room() {
        return new Parameters(
                new float[parameters],
                new float[buffers],
                spread == null ? null : new Spread(spread, new float[spread.size()]));
    }

    /**
     * The position of the state, with residuals that came otherwise.
     *
     * @param own by shard; empty those of other ranks' shards
     */
    TrainState withResiduals(List<float[]> own) {
        return at(new Parameters(NONE, NONE), NONE, own);
    }

    private TrainState at(Parameters opened, float[] slots, List<float[]> own) {
        return new TrainState(step, epoch, stepInEpoch, opened, slots, NONE, own, epochLosses, history);
    }

    private static void read(List<Broadcast<byte[]>> pieces, float[]... into) {
        Vectors.decode(number -> pieces.get(number).value(), into);
    }

    /** Takes it back everywhere. */
    void destroy() {
        vectors.forEach(Broadcast::destroy);
        residuals.forEach(pieces -> pieces.forEach(Broadcast::destroy));
    }
}
