package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.MetricSum;
import java.util.List;

/**
 * The sum over rows outside training, a monoid along the shard tree.
 *
 * @param losses their losses
 * @param sums the sums of a {@link MetricSet}
 */
public record EvaluationSum(LossSum losses, List<MetricSum> sums) {

    /**
     * Both together, in this one's sums.
     *
     * @param metrics the set that made the sums
     */
    public EvaluationSum merge(EvaluationSum right, MetricSet metrics) {
        return new EvaluationSum(losses.plus(right.losses), metrics.merge(sums, right.sums));
    }
}
