package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.Reductions;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.ChannelMoments;
import dev.lockstep.nn.param.GradientPiece;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import java.util.ArrayList;
import java.util.List;

/**
 * The contribution of a range of shards to one step: sums over its rows, merged along the
 * {@link dev.lockstep.nn.data.ShardTree}.
 *
 * @param gradient gradient of the weighted loss sum, one float a parameter
 * @param format what the gradient is rounded to, and so is each sum that it becomes part of
 * @param moments {@link ChannelMoments} for the running statistics; empty in a network without them, and where the
 *     gradient does not begin with the first parameter
 * @param losses the losses of the rows
 */
public record StepSum(GradientVector gradient, GradientFormat format, double[] moments, LossSum losses) {
    /** Those of a gradient that does not begin with the first parameter. */
    static final double[] NO_MOMENTS = new double[0];

    /**
     * Both together; computed in this one's arrays.
     *
     * @throws IllegalArgumentException if their formats differ, as only a message from elsewhere can make them
     */
    public StepSum merge(StepSum right) {
        if (format != right.format) {
            throw new IllegalArgumentException("expected gradients in " + format + ", got " + right.format);
        }
        int count = gradient.pieces().size();
        if (count != right.gradient.pieces().size()) {
            throw new IllegalArgumentException("expected a gradient in " + count + " pieces, got "
                    + right.gradient.pieces().size());
        }
        List<GradientPiece> sums = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sums.add(sum(gradient.pieces().get(i), right.gradient.pieces().get(i)));
        }
        ChannelMoments.merge(moments, 0, right.moments, 0, moments.length);
        return new StepSum(new GradientVector(sums), format, moments, losses.plus(right.losses));
    }

    private GradientPiece sum(GradientPiece left, GradientPiece right) {
        if (left.from() != right.from() || left.to() != right.to()) {
            throw new IllegalArgumentException("expected gradients of parameters " + left.from() + " to " + left.to()
                    + ", got " + right.from() + " to " + right.to());
        }
        if (!(left instanceof GradientSlice slice) || !(right instanceof GradientSlice other)) {
            return GradientVector.sum(left, right);
        }
        Elementwise kernels = Kernels.get().elementwise();
        // Block by block, so that what has been added is still in the cache when it is rounded.
        for (int at = 0; at < slice.length(); at += Reductions.BLOCK) {
            int length = Math.min(Reductions.BLOCK, slice.length() - at);
            int to = slice.offset() + at;
            kernels.add(other.values(), other.offset() + at, slice.values(), to, length);
            format.round(slice.values(), to, length);
        }
        return slice;
    }

    /** The part for some of the parameters, in the same arrays; the moments go with the first parameter. */
    StepSum part(int from, int to) {
        return new StepSum(gradient.part(from, to), format, from == 0 ? moments : NO_MOMENTS, losses);
    }

    /** The part for one slice of the parameters, in the same arrays; the moments are in the first one. */
    StepSum part(VectorSlices slices, int slice) {
        return new StepSum(
                gradient.part(slices.from(slice), slices.to(slice)), format, slice == 0 ? moments : NO_MOMENTS, losses);
    }

    /** Bytes of the gradient when it travels. */
    long gradientBytes() {
        long bytes = 0;
        for (GradientPiece piece : gradient.pieces()) {
            bytes += piece instanceof GradientSlice slice
                    ? format.bytes(slice.values(), slice.offset(), slice.length())
                    : RowFormat.bytes((GradientRows) piece);
        }
        return bytes;
    }

    /** Throws if the sum over all shards does not fit into the format. */
    void checkRange(StepPosition step) {
        checkRange(step, "");
    }

    /**
     * Throws if the gradient does not fit into the format. What is out of range never comes back, so the whole sum
     * tells about its parts.
     *
     * @param where shards, for the message
     * @throws TrainingException naming the step and the parameter
     */
    void checkRange(StepPosition step, String where) {
        if (format != GradientFormat.FLOAT16) {
            return;
        }
        GradientSlice slice = gradient.slice();
        int at = Kernels.get().elementwise().firstNonFinite(slice.values(), slice.offset(), slice.length());
        if (at >= 0) {
            throw new TrainingException("the gradient sum of parameter " + (gradient.from() + at)
                    + " is beyond 65,504, the range of float16, in epoch " + (step.epoch() + 1) + ", step "
                    + (step.step() + 1) + where
                    + "; compression bfloat16 has the range of float, a smaller batch size gives smaller sums");
        }
    }
}
