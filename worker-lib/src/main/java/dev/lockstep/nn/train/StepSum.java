package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.ChannelMoments;
import dev.lockstep.nn.layer.GradientSlice;
import dev.lockstep.nn.loss.LossSum;

/**
 * What a range of shards contributes to one step: sums over its rows, merged along the {@link
 * dev.lockstep.nn.data.ShardTree}.
 *
 * @param gradient gradient of the weighted loss sum, one float a parameter
 * @param moments {@link ChannelMoments} for the running statistics; empty in a network without them, and where the gradient
 *     does not begin with the first parameter
 * @param losses the losses of the rows
 */
public record StepSum(GradientSlice gradient, double[] moments, LossSum losses) {
    private static final double[] NO_MOMENTS = new double[0];

    /** Both together; computed in this one's arrays. */
    public StepSum merge(StepSum right) {
        GradientSlice other = right.gradient;
        Kernels.get()
                .elementwise()
                .add(other.values(), other.offset(), gradient.values(), gradient.offset(), gradient.length());
        ChannelMoments.merge(moments, 0, right.moments, 0, moments.length);
        return new StepSum(gradient, moments, losses.plus(right.losses));
    }

    /** The part for one slice of the parameters, in the same arrays; the moments are in that of rank 0. */
    StepSum part(VectorSlices slices, int rank) {
        return new StepSum(gradient.part(slices.from(rank), slices.to(rank)), rank == 0 ? moments : NO_MOMENTS, losses);
    }
}
