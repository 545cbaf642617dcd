package dev.lockstep.spark.bench;

import dev.lockstep.nn.kernel.Kernels;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Spark's usual way, as MLlib goes it: in each step the parameters go out as a broadcast of a {@code float[]}, the
 * gradients come back by {@code treeAggregate}, both by Spark's serialiser, and the driver takes the step.
 */
final class TreeAggregation extends Way.StepByStep {
    private static final float RATE = 1e-9f;

    private final JavaSparkContext context;
    private final JavaRDD<Integer> ranks;
    private final float[] theta;

    TreeAggregation(JavaSparkContext context, float[] theta, int rankCount) {
        this.context = context;
        this.theta = theta;
        ranks = context.parallelize(IntStream.range(0, rankCount).boxed().toList(), rankCount);
    }

    @Override
    void step() {
        Broadcast<float[]> sent = context.broadcast(theta);
        // A zero of all parameters would travel with every task.
        float[] gradient = ranks.treeAggregate(
                null, (sum, rank) -> add(sum, Gradients.of(sent.value(), rank)), TreeAggregation::merge);
        Kernels.get().elementwise().axpy(-RATE, gradient, 0, theta, 0, theta.length);
        sent.destroy();
    }

    private static float[] merge(float[] left, float[] right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        return add(left, right);
    }

    private static float[] add(float[] sum, float[] gradient) {
        if (sum == null) {
            return gradient;
        }
        Kernels.get().elementwise().add(gradient, 0, sum, 0, sum.length);
        return sum;
    }
}
