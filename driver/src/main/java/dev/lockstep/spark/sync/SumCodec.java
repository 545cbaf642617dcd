package dev.lockstep.spark.sync;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.param.GradientPiece;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.posterior.CurvatureSum;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.GradientFormat;
import dev.lockstep.nn.train.LocalMean;
import dev.lockstep.nn.train.PermutedLosses;
import dev.lockstep.nn.train.RowFormat;
import dev.lockstep.nn.train.StepSum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Nodes of the shard tree as raw little-endian bytes: for each node its two shard numbers, whether it has rows, and if
 * so its losses, its moments, and the format and the pieces of its vectors, each with its length or its range before
 * it. Of a piece that is kept by rows only these travel.
 */
final class SumCodec<T> {
    private static final int HEADER_BYTES = 2 * Integer.BYTES + 1;

    private static final int PIECE_HEADER_BYTES = 1 + 2 * Integer.BYTES;

    private static final int ROW_HEADER_BYTES = 4 * Integer.BYTES;

    private static final double[] NO_MOMENTS = new double[0];

    /** Gradient sums of a step. */
    static final SumCodec<StepSum> STEPS = new SumCodec<>(
            sum -> new Content(
                    sum.losses(), sum.moments(), sum.format(), sum.gradient().pieces()),
            content -> new StepSum(
                    new GradientVector(content.pieces()), content.format(), content.moments(), content.losses()));

    /** Means of locally trained shards. */
    static final SumCodec<LocalMean> MEANS = new SumCodec<>(
            mean -> new Content(
                    mean.losses(),
                    NO_MOMENTS,
                    GradientFormat.FLOAT32,
                    List.of(
                            GradientSlice.whole(mean.parameters().theta()),
                            GradientSlice.whole(mean.parameters().buffers()),
                            GradientSlice.whole(mean.optimizerState()))),
            content -> new LocalMean(
                    new Parameters(content.vector(0), content.vector(1)), content.vector(2), content.losses()));

    /** Losses alone. */
    static final SumCodec<LossSum> LOSSES = new SumCodec<>(
            losses -> new Content(losses, NO_MOMENTS, GradientFormat.FLOAT32, List.of()), Content::losses);

    /** Losses and the sums of metrics. */
    static final SumCodec<EvaluationSum> EVALUATIONS = new SumCodec<>(
            sum -> new Content(sum.losses(), MetricSet.encode(sum.sums()), GradientFormat.FLOAT32, List.of()),
            content -> new EvaluationSum(content.losses(), MetricSet.decode(content.moments())));

    /** Losses of one pass after the other. */
    static final SumCodec<PermutedLosses> PERMUTED = new SumCodec<>(
            losses -> new Content(losses.sums().get(0), numbers(losses), GradientFormat.FLOAT32, List.of()),
            content -> losses(content.losses(), content.moments()));

    /** Curvatures. */
    static final SumCodec<CurvatureSum> CURVATURES = new SumCodec<>(
            sum -> new Content(LossSum.ZERO, sum.values(), GradientFormat.FLOAT32, List.of()),
            content -> new CurvatureSum(content.moments()));

    private static final int NUMBERS = LossSum.BYTES / Double.BYTES;

    private final Function<T, Content> open;
    private final Function<Content, T> make;

    private SumCodec(Function<T, Content> open, Function<Content, T> make) {
        this.open = open;
        this.make = make;
    }

    /** All sums but the first one. */
    private static double[] numbers(PermutedLosses losses) {
        int others = losses.sums().size() - 1;
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(others, LossSum.BYTES));
        losses.sums().subList(1, others + 1).forEach(sum -> sum.put(bytes));
        double[] numbers = new double[others * NUMBERS];
        bytes.flip().asDoubleBuffer().get(numbers);
        return numbers;
    }

    private static PermutedLosses losses(LossSum first, double[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Double.BYTES);
        bytes.asDoubleBuffer().put(numbers);
        List<LossSum> sums = new ArrayList<>(List.of(first));
        for (int i = 0; i < numbers.length; i += NUMBERS) {
            sums.add(LossSum.get(bytes));
        }
        return new PermutedLosses(sums);
    }

    /**
     * What a node's sum is made of.
     *
     * @param pieces the vectors: a gradient in pieces, or vectors each of which is one
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Content(LossSum losses, double[] moments, GradientFormat format, List<GradientPiece> pieces) {
        float[] vector(int number) {
            return ((GradientSlice) pieces.get(number)).values();
        }

        int bytes() {
            long size = LossSum.BYTES + 2 * Integer.BYTES + 1 + (long) moments.length * Double.BYTES;
            for (GradientPiece piece : pieces) {
                size += PIECE_HEADER_BYTES + bytes(piece);
            }
            return Math.toIntExact(size);
        }

        private long bytes(GradientPiece piece) {
            return piece instanceof GradientSlice slice
                    ? format.bytes(slice.values(), slice.offset(), slice.length())
                    : ROW_HEADER_BYTES + RowFormat.bytes((GradientRows) piece);
        }

        void put(ByteBuffer buffer) {
            losses.put(buffer);
            buffer.putInt(moments.length);
            buffer.asDoubleBuffer().put(moments);
            buffer.position(buffer.position() + moments.length * Double.BYTES);
            buffer.put((byte) format.ordinal()).putInt(pieces.size());
            for (GradientPiece piece : pieces) {
                buffer.put((byte) (piece instanceof GradientRows ? 1 : 0))
                        .putInt(piece.from())
                        .putInt(piece.to());
                if (piece instanceof GradientSlice slice) {
                    format.put(buffer, slice.values(), slice.offset(), slice.length());
                } else if (piece instanceof GradientRows rows) {
                    buffer.putInt(rows.tensor().offset())
                            .putInt(rows.tensor().rows())
                            .putInt(rows.tensor().columns())
                            .putInt(rows.count());
                    RowFormat.put(buffer, rows, 0, rows.count());
                }
            }
        }

        static Content get(ByteBuffer buffer) {
            LossSum losses = LossSum.get(buffer);
            double[] moments = new double[buffer.getInt()];
            buffer.asDoubleBuffer().get(moments);
            buffer.position(buffer.position() + moments.length * Double.BYTES);
            GradientFormat format = GradientFormat.values()[buffer.get()];
            List<GradientPiece> pieces = new ArrayList<>();
            for (int left = buffer.getInt(); left > 0; left--) {
                boolean byRows = buffer.get() != 0;
                int from = buffer.getInt();
                int to = buffer.getInt();
                pieces.add(byRows ? rows(buffer, from, to) : numbers(buffer, format, from, to));
            }
            return new Content(losses, moments, format, pieces);
        }

        private static GradientSlice numbers(ByteBuffer buffer, GradientFormat format, int from, int to) {
            float[] values = new float[to - from];
            format.get(buffer, values, 0, values.length);
            return new GradientSlice(values, 0, from, to);
        }

        private static GradientRows rows(ByteBuffer buffer, int from, int to) {
            RowTensor tensor = new RowTensor(buffer.getInt(), buffer.getInt(), buffer.getInt());
            int count = buffer.getInt();
            float[] values = new float[Math.multiplyExact(count, tensor.columns())];
            GradientRows rows = new GradientRows(tensor, new int[count], values, 0, count, from, to);
            RowFormat.get(buffer, rows, 0, count);
            return rows;
        }
    }

    /** How many bytes {@link #encode} needs for the nodes. */
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
            T sum = buffer.get() == 0 ? null : make.apply(Content.get(buffer));
            partials.add(new ShardTree.Partial<>(node, sum));
        }
        return partials;
    }
}
