package dev.lockstep.spark.sync;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.AllReduceRound;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.VectorSlices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rank hands back at the end of a round of all-reduce: its slices of the vectors, one after another.
 *
 * @param theta the parameters of the slices
 * @param buffers all of them, from rank 0; none from the others
 * @param optimizerState the optimiser's slots, slice after slice, and in each slot after slot
 * @param residuals those of the rank's shards, in their order; none where gradients are not kept back
 * @param losses of the epoch so far; the same from every rank
 * @param times where the time of its steps went
 * @param bytesSent bytes that the rank's JVM has sent in the round, from one of its ranks; 0 from the others
 */
record RankOutcome(
        float[] theta,
        float[] buffers,
        float[] optimizerState,
        List<float[]> residuals,
        LossSum losses,
        StepTimes times,
        long bytesSent) {
    private static final float[] NONE = new float[0];
    private static final int HEADER_BYTES = LossSum.BYTES + 4 * Long.BYTES + 5 * Integer.BYTES;

    /** The part of a rank. */
    static RankOutcome of(
            int rank,
            Exchange exchange,
            float[] optimizerState,
            List<float[]> residuals,
            AllReduceRound.Result result,
            long bytesSent) {
        VectorSlices slices = exchange.slices();
        Parameters parameters = exchange.parameters();
        return new RankOutcome(
                slices.owned(rank, parameters.theta()),
                rank == 0 ? parameters.buffers() : NONE,
                optimizerState,
                residuals,
                result.losses(),
                result.times(),
                bytesSent);
    }

    /**
     * The state that the slices make up.
     *
     * @param start where the round began
     * @param steps how many steps it had
     * @param outcomes of all ranks, in order
     */
    static TrainState state(TrainState start, int steps, VectorSlices slices, List<RankOutcome> outcomes) {
        float[] theta = new float[start.parameters().theta().length];
        float[] optimizerState = new float[start.optimizerState().length];
        List<float[]> residuals = new ArrayList<>(start.residuals().size());
        for (int rank = 0; rank < outcomes.size(); rank++) {
            RankOutcome outcome = outcomes.get(rank);
            residuals.addAll(outcome.residuals);
            slices.putOwned(rank, outcome.theta, theta);
            slices.putOwned(rank, outcome.optimizerState, optimizerState);
        }
        return new TrainState(
                start.step() + steps,
                start.epoch(),
                start.stepInEpoch() + steps,
                new Parameters(theta, outcomes.get(0).buffers),
                optimizerState,
                start.outerMomentum(),
                residuals,
                outcomes.get(0).losses,
                start.history());
    }

    /** As raw bytes. */
    byte[] encode() {
        int residualLength = residuals.isEmpty() ? 0 : residuals.get(0).length;
        long floats =
                (long) theta.length + buffers.length + optimizerState.length + (long) residuals.size() * residualLength;
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(HEADER_BYTES + floats * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        losses.put(bytes);
        bytes.putLong(bytesSent);
        bytes.putLong(times.computeNanos()).putLong(times.copyNanos()).putLong(times.waitNanos());
        bytes.putInt(theta.length).putInt(buffers.length).putInt(optimizerState.length);
        bytes.putInt(residuals.size()).putInt(residualLength);
        Vectors.put(bytes, theta);
        Vectors.put(bytes, buffers);
        Vectors.put(bytes, optimizerState);
        residuals.forEach(residual -> Vectors.put(bytes, residual));
        return bytes.array();
    }

    /** Reads {@link #encode}. */
    static RankOutcome decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        LossSum losses = LossSum.get(bytes);
        long sent = bytes.getLong();
        StepTimes times = new StepTimes(bytes.getLong(), bytes.getLong(), bytes.getLong());
        int thetaLength = bytes.getInt();
        int buffersLength = bytes.getInt();
        int slotsLength = bytes.getInt();
        int residualCount = bytes.getInt();
        int residualLength = bytes.getInt();
        float[] theta = Vectors.get(bytes, thetaLength);
        float[] buffers = Vectors.get(bytes, buffersLength);
        float[] slots = Vectors.get(bytes, slotsLength);
        List<float[]> residuals = new ArrayList<>(residualCount);
        for (int shard = 0; shard < residualCount; shard++) {
            residuals.add(Vectors.get(bytes, residualLength));
        }
        return new RankOutcome(theta, buffers, slots, residuals, losses, times, sent);
    }
}
