package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.loss.LossSum;

/**
 * What a range of shards contributes to one step: sums over its rows, merged along the {@link
 * dev.lockstep.nn.data.ShardTree}.
 *
 * @param gradient gradient of the weighted loss sum, one float a parameter
 * @param losses the losses of the rows
 */
public record StepSum(float[] gradient, LossSum losses) {

    /** Both together; the other's gradient is added into this one's array. */
    public StepSum merge(StepSum right) {
        Kernels.get().elementwise().add(right.gradient, 0, gradient, 0, gradient.length);
        return new StepSum(gradient, losses.plus(right.losses));
    }
}
