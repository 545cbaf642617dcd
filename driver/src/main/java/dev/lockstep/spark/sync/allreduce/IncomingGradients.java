package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.train.GradientFormat;
import dev.lockstep.nn.train.StepSum;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the chunks of one rank's gradient sums for one slice together again. They come in order, over one connection.
 * The arrays serve again in the next step, whose chunks come only when the owner has finished with these.
 */
final class IncomingGradients {
    private final int from;
    private final int to;
    private final List<float[]> arrays = new ArrayList<>();
    private List<ShardTree.Partial<StepSum>> nodes = new ArrayList<>();
    private int filled;
    private double[] moments = new double[0];

    IncomingGradients(int from, int to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Adds a chunk.
     *
     * @return all nodes, if that was the last chunk; otherwise null
     * @throws IllegalArgumentException if it is not the next one
     */
    @Nullable
    List<ShardTree.Partial<StepSum>> add(Message message) {
        ByteBuffer body = message.body();
        int count = body.getInt();
        int node = body.getInt();
        if (node != nodes.size()) {
            throw new IllegalArgumentException("rank " + message.rank() + ": expected node " + nodes.size()
                    + " of its gradients of step " + message.step() + ", got " + node);
        }
        ShardTree.Node shards = new ShardTree.Node(body.getInt(), body.getInt());
        if (body.get() == 0) {
            nodes.add(new ShardTree.Partial<>(shards, null));
        } else {
            addChunk(message, shards);
        }
        if (nodes.size() < count) {
            return null;
        }
        List<ShardTree.Partial<StepSum>> complete = nodes;
        nodes = new ArrayList<>();
        return complete;
    }

    private void addChunk(Message message, ShardTree.Node shards) {
        ByteBuffer body = message.body();
        LossSum losses = LossSum.get(body);
        double[] chunkMoments = new double[body.getInt()];
        for (int i = 0; i < chunkMoments.length; i++) {
            chunkMoments[i] = body.getDouble();
        }
        GradientFormat format = format(body.get());
        int at = body.getInt();
        int count = body.getInt();
        if (at != filled || count < 0 || count > to - from - at) {
            throw new IllegalArgumentException("rank " + message.rank() + ", step " + message.step()
                    + ": expected gradients from " + filled + " of " + (to - from) + " on, got " + at + " to "
                    + ((long) at + count));
        }
        if (at == 0) {
            moments = chunkMoments;
        }
        if (arrays.size() == nodes.size()) {
            arrays.add(new float[to - from]);
        }
        float[] values = arrays.get(nodes.size());
        format.get(body, values, at, count);
        filled += count;
        if (filled == to - from) {
            nodes.add(new ShardTree.Partial<>(
                    shards, new StepSum(new GradientSlice(values, 0, from, to), format, moments, losses)));
            filled = 0;
        }
    }

    private static GradientFormat format(int ordinal) {
        GradientFormat[] known = GradientFormat.values();
        if (ordinal < 0 || ordinal >= known.length) {
            throw new IllegalArgumentException(
                    "expected a format of gradients below " + known.length + ", got " + ordinal);
        }
        return known[ordinal];
    }
}
