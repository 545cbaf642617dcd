package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.ChannelMoments;
import dev.lockstep.nn.loss.LossSum;

/**
 * What a range of shards contributes to one step: sums over its rows, merged along the {@link
 * dev.lockstep.nn.data.ShardTree}.
 *
 * @param gradient gradient of the weighted loss sum, one float a parameter
 * @param moments {@link ChannelMoments} for the running statistics; empty in a network without them
 * @param losses the losses of the rows
 */
public record StepSum(float[] gradient, double[] moments, LossSum losses) {

    /** Both together; computed in this one's arrays. */
    public StepSum merge(StepSum right) {
        Kernels.get().elementwise().add(right.gradient, 0, gradient, 0, gradient.length);
        ChannelMoments.merge(moments, 0, right.moments, 0, moments.length);
        return new StepSum(gradient, moments, losses.plus(right.losses));
    }
}
