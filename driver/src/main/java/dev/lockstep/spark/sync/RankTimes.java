package dev.lockstep.spark.sync;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** How long the ranks of a task took, on their way to the driver. */
final class RankTimes {
    private RankTimes() {}

    /**
     * What a rank has done.
     *
     * @param result what came of it
     * @param nanos how long it took
     */
    record Timed<T>(T result, long nanos) {}

    /** Does some work. */
    static <T> Timed<T> time(Supplier<T> work) {
        long start = System.nanoTime();
        T result = work.get();
        return new Timed<>(result, System.nanoTime() - start);
    }

    static byte[] encode(long[] nanos) {
        ByteBuffer bytes = ByteBuffer.allocate(nanos.length * Long.BYTES);
        Arrays.stream(nanos).forEach(bytes::putLong);
        return bytes.array();
    }

    static LongStream decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded);
        return LongStream.range(0, encoded.length / Long.BYTES).map(i -> bytes.getLong());
    }
}
