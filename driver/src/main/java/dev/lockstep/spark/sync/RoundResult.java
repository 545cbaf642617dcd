package dev.lockstep.spark.sync;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.train.StepTimes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a rank's task returns after a round, as raw bytes; the state has gone another way, piece by piece.
 *
 * @param losses of the epoch so far
 * @param times where the time of its steps went
 * @param bytesSent bytes that the rank's process has sent in the round, from one of its ranks; 0 from the others
 */
record RoundResult(LossSum losses, StepTimes times, long bytesSent) {
    private static final int BYTES = LossSum.BYTES + 4 * Long.BYTES;

    /** As raw bytes. */
    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        losses.put(bytes);
        bytes.putLong(bytesSent);
        bytes.putLong(times.computeNanos()).putLong(times.copyNanos()).putLong(times.waitNanos());
        return bytes.array();
    }

    /** Reads {@link #encode}. */
    static RoundResult decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        LossSum losses = LossSum.get(bytes);
        long sent = bytes.getLong();
        return new RoundResult(losses, new StepTimes(bytes.getLong(), bytes.getLong(), bytes.getLong()), sent);
    }
}
