package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.StatisticsRange;

/**
 * The result of shards of a range that train alone: the mean of their parameters, buffers and optimiser states,
 * weighted by the weight of the rows that each has seen. Two means merge as {@code a + (b - a) wb / (wa + wb)}, so
 * equal values stay equal; running variances take in the spread of the means that are merged with them.
 *
 * @param parameters mean parameters and buffers
 * @param optimizerState mean optimiser slots
 * @param losses losses of the steps taken; its weight is the mean's weight, above 0
 */
public record LocalMean(Parameters parameters, float[] optimizerState, LossSum losses) {

    /** Both together; computed in this one's arrays. */
    public LocalMean merge(LocalMean right) {
        LossSum sum = losses.plus(right.losses);
        float share = (float) (right.losses.weight() / sum.weight());
        Elementwise kernels = Kernels.get().elementwise();
        mergeInto(kernels, parameters.theta(), right.parameters.theta(), share);
        StatisticsRange.mergeMean(parameters.buffers(), right.parameters.buffers(), share);
        mergeInto(kernels, optimizerState, right.optimizerState, share);
        return new LocalMean(parameters, optimizerState, sum);
    }

    private static void mergeInto(Elementwise kernels, float[] left, float[] right, float share) {
        kernels.mergeMean(left, 0, right, 0, left.length, share);
    }
}
