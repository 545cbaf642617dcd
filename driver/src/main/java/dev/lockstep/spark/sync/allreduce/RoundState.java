package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.RoundOutcome;
import dev.lockstep.nn.train.TrainState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A state on the driver while ranks take the steps of a round: they fetch what is theirs of it, and return what is
 * theirs of the next one, piece by piece, so that nothing larger than a piece travels or is copied. Threads of the
 * transport use it at the same time, each another part. The state that the round began with stays as it is: if a rank
 * is lost, the round is repeated from there.
 */
public final class RoundState {
    private final TrainState start;
    private final Parameters parameters;
    private final float[] slots;
    private final List<float[]> residuals;
    /** By section: how many floats have come. */
    private final AtomicLongArray returned = new AtomicLongArray(Section.values().length);

    /** The vectors of a round. */
    public RoundState(TrainState start) {
        this.start = start;
        parameters = new Parameters(
                new float[start.parameters().theta().length],
                new float[start.parameters().buffers().length]);
        slots = new float[start.optimizerState().length];
        residuals = start.residuals().stream()
                .map(residual -> new float[residual.length])
                .toList();
    }

    /**
     * Reads a part of the state that the round begins with.
     *
     * @param at where it begins in the section
     * @param into is filled with it
     */
    void fetch(Section section, long at, ByteBuffer into) {
        Vector vector = vector(section, at, start.parameters(), start.optimizerState(), start.residuals());
        int count = into.remaining() / Float.BYTES;
        into.asFloatBuffer().put(vector.values(), vector.index(), count);
    }

    /**
     * Writes a part of the state that the round ends with.
     *
     * @param at where it begins in the section
     * @param from the part
     */
    void take(Section section, long at, ByteBuffer from) {
        Vector vector = vector(section, at, parameters, slots, residuals);
        int count = from.remaining() / Float.BYTES;
        from.asFloatBuffer().get(vector.values(), vector.index(), count);
        returned.addAndGet(section.ordinal(), count);
    }

    /** A place in a vector. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Vector(float[] values, int index) {}

    private static Vector vector(
            Section section, long at, Parameters parameters, float[] slots, List<float[]> residuals) {
        return switch (section) {
            case PARAMETERS -> new Vector(parameters.theta(), Math.toIntExact(at));
            case BUFFERS -> new Vector(parameters.buffers(), Math.toIntExact(at));
            case SLOTS -> new Vector(slots, Math.toIntExact(at));
            case RESIDUALS -> {
                long length = parameters.theta().length;
                yield new Vector(residuals.get(Math.toIntExact(at / length)), (int) (at % length));
            }
        };
    }

    /**
     * The state after the round.
     *
     * @param steps how many steps it had
     * @param losses of the epoch so far
     * @throws IllegalStateException if a part of it has not come
     */
    public TrainState next(int steps, LossSum losses) {
        checkAll(Section.PARAMETERS, parameters.theta().length);
        checkAll(Section.BUFFERS, parameters.buffers().length);
        checkAll(Section.SLOTS, slots.length);
        checkAll(
                Section.RESIDUALS,
                residuals.stream().mapToLong(residual -> residual.length).sum());
        return RoundOutcome.state(start, steps, parameters, slots, residuals, losses);
    }

    private void checkAll(Section section, long length) {
        if (returned.get(section.ordinal()) != length) {
            throw new IllegalStateException("expected " + length + " floats of the " + section + " of a round, got "
                    + returned.get(section.ordinal()));
        }
    }

    /** Bytes of what ranks fetch and return, other than the parameters and buffers that they begin with. */
    public long bytes() {
        long kept = slots.length + (long) residuals.size() * parameters.theta().length;
        return Float.BYTES * (2 * kept + parameters.theta().length + parameters.buffers().length);
    }
}
