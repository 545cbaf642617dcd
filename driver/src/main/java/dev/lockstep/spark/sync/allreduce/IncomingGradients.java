package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.GradientPiece;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.train.GradientFormat;
import dev.lockstep.nn.train.RowFormat;
import dev.lockstep.nn.train.StepSum;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    /** Those of the node that is being filled. */
    private List<GradientPiece> pieces = new ArrayList<>();
    /** The piece that is being filled, if it is rows. */
    private @Nullable GradientRows rows;
    /** Gradients or rows of the piece that is being filled. */
    private int filled;

    private GradientFormat format = GradientFormat.FLOAT32;
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
        byte kind = body.get();
        int pieceFrom = body.getInt();
        int pieceTo = body.getInt();
        int at = body.getInt();
        int count = body.getInt();
        boolean next = pieceFrom
                == (pieces.isEmpty() ? from : pieces.get(pieces.size() - 1).to());
        if (!next || pieceTo < pieceFrom || pieceTo > to || at != filled || count < 0) {
            throw new IllegalArgumentException("rank " + message.rank() + ", step " + message.step()
                    + ": expected gradients from " + filled + " of " + (to - from) + " on, got " + at + " to "
                    + ((long) at + count) + " of parameters " + pieceFrom + " to " + pieceTo);
        }
        if (pieces.isEmpty() && at == 0) {
            moments = chunkMoments;
        }
        if (kind != Outlet.ROWS) {
            format = format(kind);
        }
        boolean whole = kind == Outlet.ROWS
                ? addRows(body, pieceFrom, pieceTo, at, count)
                : addNumbers(body, pieceFrom, pieceTo, at, count);
        filled = whole ? 0 : at + count;
        if (whole && pieceTo == to) {
            nodes.add(
                    new ShardTree.Partial<>(shards, new StepSum(new GradientVector(pieces), format, moments, losses)));
            pieces = new ArrayList<>();
        }
    }

    /** Returns whether that was the last chunk of the piece. */
    private boolean addNumbers(ByteBuffer body, int pieceFrom, int pieceTo, int at, int count) {
        int length = pieceTo - pieceFrom;
        checkRoom(at, count, length);
        if (arrays.size() == nodes.size()) {
            arrays.add(new float[to - from]);
        }
        float[] values = arrays.get(nodes.size());
        format.get(body, values, pieceFrom - from + at, count);
        if (at + count < length) {
            return false;
        }
        pieces.add(new GradientSlice(values, pieceFrom - from, pieceFrom, pieceTo));
        return true;
    }

    private boolean addRows(ByteBuffer body, int pieceFrom, int pieceTo, int at, int count) {
        RowTensor tensor = new RowTensor(body.getInt(), body.getInt(), body.getInt());
        int all = body.getInt();
        checkRoom(at, count, all);
        if (at == 0) {
            float[] values = new float[Math.multiplyExact(all, tensor.columns())];
            rows = new GradientRows(tensor, new int[all], values, 0, all, pieceFrom, pieceTo);
        }
        GradientRows read = Objects.requireNonNull(rows);
        RowFormat.get(body, read, at, at + count);
        if (at + count < all) {
            return false;
        }
        pieces.add(read);
        rows = null;
        return true;
    }

    private static void checkRoom(int at, int count, int length) {
        if (count > length - at) {
            throw new IllegalArgumentException(
                    "expected at most " + (length - at) + " gradients or rows, got " + count);
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
