package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.GradientFormat;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.StepSum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Nodes of the shard tree as raw little-endian bytes: for each node its two shard numbers, whether it has rows, and if
 * so its losses, its moments and its vectors, each array with its length before it and each vector with its format.
 */
final class SumCodec<T> {
    private static final int HEADER_BYTES = 2 * Integer.BYTES + 1;

    private static final int VECTOR_HEADER_BYTES = 1 + Integer.BYTES;

    private static final double[] NO_MOMENTS = new double[0];

    /** Gradient sums of a step. */
    static final SumCodec<StepSum> STEPS = new SumCodec<>(
            1,
            sum -> new Content(
                    sum.losses(), sum.moments(), sum.format(), sum.gradient().values()),
            content -> new StepSum(
                    GradientSlice.whole(content.vectors()[0]), content.format(), content.moments(), content.losses()));

    /** Means of locally trained shards. */
    static final SumCodec<LocalMean> MEANS = new SumCodec<>(
            3,
            mean -> new Content(
                    mean.losses(),
                    NO_MOMENTS,
                    GradientFormat.FLOAT32,
                    mean.parameters().theta(),
                    mean.parameters().buffers(),
                    mean.optimizerState()),
            content -> new LocalMean(
                    new Parameters(content.vectors()[0], content.vectors()[1]),
                    content.vectors()[2],
                    content.losses()));

    /** Losses alone. */
    static final SumCodec<LossSum> LOSSES =
            new SumCodec<>(0, losses -> new Content(losses, NO_MOMENTS, GradientFormat.FLOAT32), Content::losses);

    /** Losses and the sums of metrics. */
    static final SumCodec<EvaluationSum> EVALUATIONS = new SumCodec<>(
            0,
            sum -> new Content(sum.losses(), MetricSet.encode(sum.sums()), GradientFormat.FLOAT32),
            content -> new EvaluationSum(content.losses(), MetricSet.decode(content.moments())));

    private final int vectorCount;
    private final Function<T, Content> open;
    private final Function<Content, T> make;

    private SumCodec(int vectorCount, Function<T, Content> open, Function<Content, T> make) {
        this.vectorCount = vectorCount;
        this.open = open;
        this.make = make;
    }

    /** What a node's sum is made of. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Content(LossSum losses, double[] moments, GradientFormat format, float[]... vectors) {
        int bytes() {
            int size = LossSum.BYTES + Integer.BYTES + Math.multiplyExact(moments.length, Double.BYTES);
            for (float[] vector : vectors) {
                size = Math.addExact(size, Math.addExact(VECTOR_HEADER_BYTES, format.bytes(vector, 0, vector.length)));
            }
            return size;
        }

        void put(ByteBuffer buffer) {
            losses.put(buffer);
            buffer.putInt(moments.length);
            buffer.asDoubleBuffer().put(moments);
            buffer.position(buffer.position() + moments.length * Double.BYTES);
            for (float[] vector : vectors) {
                buffer.put((byte) format.ordinal()).putInt(vector.length);
                format.put(buffer, vector, 0, vector.length);
            }
        }

        static Content get(ByteBuffer buffer, int vectorCount) {
            LossSum losses = LossSum.get(buffer);
            double[] moments = new double[buffer.getInt()];
            buffer.asDoubleBuffer().get(moments);
            buffer.position(buffer.position() + moments.length * Double.BYTES);
            float[][] vectors = new float[vectorCount][];
            GradientFormat format = GradientFormat.FLOAT32;
            for (int i = 0; i < vectorCount; i++) {
                format = GradientFormat.values()[buffer.get()];
                vectors[i] = new float[buffer.getInt()];
                format.get(buffer, vectors[i], 0, vectors[i].length);
            }
            return new Content(losses, moments, format, vectors);
        }
    }

    /** How many bytes {@link #encode} makes of the nodes. */
    long bytes(List<ShardTree.Partial<T>> partials) {
        long size = 0;
        for (ShardTree.Partial<T> partial : partials) {
            size += HEADER_BYTES
                    + (partial.sum() == null ? 0 : open.apply(partial.sum()).bytes());
        }
        return size;
    }

    byte[] encode(List<ShardTree.Partial<T>> partials) {
        List<Content> contents = new ArrayList<>(partials.size());
        int size = 0;
        for (ShardTree.Partial<T> partial : partials) {
            Content content = partial.sum() == null ? null : open.apply(partial.sum());
            contents.add(content);
            size = Math.addExact(size, HEADER_BYTES + (content == null ? 0 : content.bytes()));
        }
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < contents.size(); i++) {
            ShardTree.Node node = partials.get(i).node();
            Content content = contents.get(i);
            buffer.putInt(node.from()).putInt(node.to()).put((byte) (content == null ? 0 : 1));
            if (content != null) {
                content.put(buffer);
            }
        }
        return buffer.array();
    }

    List<ShardTree.Partial<T>> decode(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<ShardTree.Partial<T>> partials = new ArrayList<>();
        while (buffer.hasRemaining()) {
            ShardTree.Node node = new ShardTree.Node(buffer.getInt(), buffer.getInt());
            T sum = buffer.get() == 0 ? null : make.apply(Content.get(buffer, vectorCount));
            partials.add(new ShardTree.Partial<>(node, sum));
        }
        return partials;
    }
}
