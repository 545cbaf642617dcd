package dev.lockstep.spark.sync;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.train.RoundOutcome;
import dev.lockstep.nn.train.StepTimes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A rank's outcome of a round on its way to the driver, as raw bytes.
 *
 * @param outcome what the rank has at the end of the round
 * @param bytesSent bytes that the rank's process has sent in the round, from one of its ranks; 0 from the others
 */
record RoundResult(RoundOutcome outcome, long bytesSent) {
    private static final int HEADER_BYTES = LossSum.BYTES + 4 * Long.BYTES + 5 * Integer.BYTES;

    /** As raw bytes. */
    byte[] encode() {
        float[] theta = outcome.theta();
        float[] buffers = outcome.buffers();
        float[] slots = outcome.optimizerState();
        List<float[]> residuals = outcome.residuals();
        StepTimes times = outcome.times();
        int residualLength = residuals.isEmpty() ? 0 : residuals.get(0).length;
        long floats = (long) theta.length + buffers.length + slots.length + (long) residuals.size() * residualLength;
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(HEADER_BYTES + floats * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        outcome.losses().put(bytes);
        bytes.putLong(bytesSent);
        bytes.putLong(times.computeNanos()).putLong(times.copyNanos()).putLong(times.waitNanos());
        bytes.putInt(theta.length).putInt(buffers.length).putInt(slots.length);
        bytes.putInt(residuals.size()).putInt(residualLength);
        Vectors.put(bytes, theta);
        Vectors.put(bytes, buffers);
        Vectors.put(bytes, slots);
        residuals.forEach(residual -> Vectors.put(bytes, residual));
        return bytes.array();
    }

    /** Reads {@link #encode}. */
    static RoundResult decode(byte[] encoded) {
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
        return new RoundResult(new RoundOutcome(theta, buffers, slots, residuals, losses, times), sent);
    }
}
