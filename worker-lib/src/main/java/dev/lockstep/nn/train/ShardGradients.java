package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.kernel.CompressionKernels;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.GradientVector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The gradient sums of a rank's shards, which are compressed shard by shard before they are added up: in a vector for
 * each shard, while without compression layers add shards up themselves and a rank needs only one for each node that it
 * completes.
 */
final class ShardGradients {
    private final Compression compression;
    private final List<ParameterTensor> tensors;
    private final int from;
    private final Gradient leaves;
    private final int[] counts = new int[CompressionKernels.COUNTS];
    private List<float[]> residuals = List.of();

    /**
     * Vectors for some shards.
     *
     * @param from first shard
     * @param shards how many there are
     * @param moments how many moments a step has beside its gradient
     */
    ShardGradients(Compression compression, List<ParameterTensor> tensors, int from, int shards, int moments) {
        this.compression = compression;
        this.tensors = tensors;
        this.from = from;
        ParameterTensor last = tensors.get(tensors.size() - 1);
        List<Gradient.Node> nodes = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            nodes.add(
                    new Gradient.Node(shard, shard + 1, new float[last.offset() + last.length()], new double[moments]));
        }
        leaves = new Gradient(List.copyOf(nodes));
    }

    /** Where the backward pass leaves the shards' sums. */
    Gradient leaves() {
        return leaves;
    }

    /** From now on these residuals are updated: by shard, as in {@link TrainState#residuals}. */
    void resume(List<float[]> all) {
        residuals = all;
    }

    /**
     * Compresses the sums of a node's shards and adds them up, in their vectors; tensor by tensor, so that it can be
     * done for the last ones while the pass has not yet come to the first.
     *
     * @param first first parameter of the tensors to be added up
     * @param end after their last parameter; those from there on have been added up before
     * @param losses a shard's losses; null if it has no rows
     * @return the sum from {@code first} to the last parameter of all; null if no shard has rows
     * @throws TrainingException if a shard's sum does not fit into the format
     */
    @Nullable
    StepSum sum(ShardTree.Node node, int first, int end, StepPosition step, IntFunction<@Nullable LossSum> losses) {
        StepSum added = ShardTree.merge(
                node,
                shard -> {
                    LossSum sum = losses.apply(shard);
                    return sum == null ? null : compressed(shard, first, end, step, sum);
                },
                StepSum::merge);
        if (added == null) {
            return null;
        }
        float[] vector = added.gradient().slice().values();
        GradientVector complete = GradientVector.whole(vector).part(first, vector.length);
        return new StepSum(complete, added.format(), added.moments(), added.losses());
    }

    private StepSum compressed(int shard, int first, int end, StepPosition step, LossSum losses) {
        Gradient.Node leaf = leaves.nodes().get(shard - from);
        float[] residual = compression.keepsResiduals() ? residuals.get(shard) : null;
        for (ParameterTensor tensor : tensors) {
            if (first <= tensor.offset() && tensor.offset() < end) {
                compression.compress(leaf.values(), residual, tensor.offset(), tensor.length(), counts);
            }
        }
        StepSum sum = new StepSum(leaf.gradient(), compression.format(), leaf.moments(), losses).part(first, end);
        sum.checkRange(step, ", shard " + shard);
        return sum;
    }
}
