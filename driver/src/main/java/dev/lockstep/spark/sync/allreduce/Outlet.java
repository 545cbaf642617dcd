package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.GradientPiece;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.GradientFormat;
import dev.lockstep.nn.train.Peers;
import dev.lockstep.nn.train.RowFormat;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.VectorSlices;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.spark.network.buffer.ManagedBuffer;
import org.apache.spark.network.buffer.NettyManagedBuffer;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.protocol.OneWayMessage;
import org.apache.spark.network.util.NettyUtils;
import org.jspecify.annotations.Nullable;

/**
 * Sends what other processes need. Vectors go in chunks, so that one is on its way while the next is copied; a
 * message's body is
 *
 * <pre>{@code
 * GRADIENTS   int nodes, node, from, to; byte present
 *             where present: double loss, weight; long rows; double score, scoreWeight; int m; double[m] moments;
 *             byte format; int from, to, at, count; count gradients in that format, from the at-th on
 *             or byte -1; int from, to, at, count, offset, rows, columns, all; count of all rows of the tensor at
 *             offset, from the at-th on, as RowFormat has them
 * SUMS        double[]
 * PARAMETERS  int at, floats; float[floats] values; float[] buffers, in the last chunk of slice 0
 * }</pre>
 *
 * <p>{@code from} and {@code to} are the parameters of a piece of the gradient. Only the first chunk of a node has
 * moments, and {@code m} 0 means there are none.
 */
final class Outlet implements Peers {
    /** Floats a message: 256 KB are no large object to the garbage collector. */
    static final int CHUNK = 1 << 16;

    /**
     * Bytes waiting to be sent beyond which messages lie in the heap: what a container allows beside the heap is often
     * little.
     */
    static final int MOST_OUTSIDE_HEAP = 1 << 24;

    /**
     * Bytes of a chunk of gradients that tell where it belongs; then, where a sum is present, those around its moments
     * and values.
     */
    private static final int GRADIENT_BYTES = 4 * Integer.BYTES + 1;

    private static final int SUM_BYTES = LossSum.BYTES + 5 * Integer.BYTES + 1;

    private static final int ROW_BYTES = 4 * Integer.BYTES;

    /** In place of a format: rows. */
    static final byte ROWS = -1;

    private final RoundAddress address;
    private final VectorSlices slices;
    private final TransportClient[] byRank;
    private final Set<TransportClient> others = new LinkedHashSet<>();
    private final ByteBufAllocator allocator = NettyUtils.getSharedPooledByteBufAllocator(true, true);
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong waiting = new AtomicLong();

    /**
     * The way out.
     *
     * @param byRank connection to the process of each rank; null for the ranks of this one
     */
    Outlet(RoundAddress address, VectorSlices slices, TransportClient[] byRank) {
        this.address = address;
        this.slices = slices;
        this.byRank = byRank;
        for (TransportClient client : byRank) {
            if (client != null) {
                others.add(client);
            }
        }
    }

    /** The first rank of this process. */
    int firstLocal() {
        return Arrays.asList(byRank).indexOf(null);
    }

    long bytesSent() {
        return bytesSent.get();
    }

    @Override
    public void sendGradients(long step, int rank, int slice, List<ShardTree.Partial<StepSum>> nodes) {
        for (int node = 0; node < nodes.size(); node++) {
            StepSum sum = nodes.get(node).sum();
            Chunks chunks = new Chunks(nodes.size(), node, nodes.get(node).node(), sum);
            if (sum == null) {
                sendChunk(step, rank, slice, chunks, null);
                continue;
            }
            for (GradientPiece piece : sum.gradient().pieces()) {
                sendPiece(step, rank, slice, chunks, piece);
            }
        }
    }

    /** What all chunks of a node have in common. */
    private record Chunks(
            int nodes,
            int number,
            ShardTree.Node shards,
            @Nullable StepSum sum) {}

    /** At least one chunk, of a piece without parameters or rows an empty one. */
    private void sendPiece(long step, int rank, int slice, Chunks chunks, GradientPiece piece) {
        int rows = piece instanceof GradientRows some
                ? Math.max(1, CHUNK / some.tensor().columns())
                : CHUNK;
        int length = piece instanceof GradientRows some ? some.count() : piece.length();
        int at = 0;
        do {
            int count = Math.min(rows, length - at);
            sendChunk(step, rank, slice, chunks, new Chunk(piece, at, count));
            at += count;
        } while (at < length);
    }

    /**
     * A part of a piece.
     *
     * @param at the first gradient or row
     * @param count how many
     */
    private record Chunk(GradientPiece piece, int at, int count) {
        int bytes(GradientFormat format) {
            return piece instanceof GradientSlice slice
                    ? format.bytes(slice.values(), slice.offset() + at, count)
                    : ROW_BYTES + Math.toIntExact(RowFormat.bytes((GradientRows) piece, at, at + count));
        }

        void put(ByteBuffer body, GradientFormat format) {
            body.put((byte) (piece instanceof GradientRows ? ROWS : format.ordinal()))
                    .putInt(piece.from())
                    .putInt(piece.to())
                    .putInt(at)
                    .putInt(count);
            if (piece instanceof GradientSlice slice) {
                format.put(body, slice.values(), slice.offset() + at, count);
            } else if (piece instanceof GradientRows rows) {
                body.putInt(rows.tensor().offset())
                        .putInt(rows.tensor().rows())
                        .putInt(rows.tensor().columns())
                        .putInt(rows.count());
                RowFormat.put(body, rows, at, at + count);
            }
        }
    }

    private void sendChunk(long step, int rank, int slice, Chunks chunks, @Nullable Chunk chunk) {
        StepSum sum = chunks.sum();
        boolean first = chunk != null && chunk.at() == 0 && chunk.piece() == firstPiece(chunks);
        double[] moments = sum == null || !first ? new double[0] : sum.moments();
        int bytes = GRADIENT_BYTES
                + (sum == null || chunk == null
                        ? 0
                        : SUM_BYTES + moments.length * Double.BYTES + chunk.bytes(sum.format()));
        send(byRank[slices.owner(slice)], message(Message.Kind.GRADIENTS, rank, slice, step, bytes, body -> {
            body.putInt(chunks.nodes())
                    .putInt(chunks.number())
                    .putInt(chunks.shards().from())
                    .putInt(chunks.shards().to());
            body.put((byte) (sum == null ? 0 : 1));
            if (sum != null && chunk != null) {
                sum.losses().put(body);
                body.putInt(moments.length);
                for (double moment : moments) {
                    body.putDouble(moment);
                }
                chunk.put(body, sum.format());
            }
        }));
    }

    private static @Nullable GradientPiece firstPiece(Chunks chunks) {
        return chunks.sum() == null ? null : chunks.sum().gradient().pieces().get(0);
    }

    @Override
    public void sendSums(long number, int rank, double[] sums) {
        sendToOthers(Message.Kind.SUMS, rank, 0, number, sums.length * Double.BYTES, body -> {
            for (double sum : sums) {
                body.putDouble(sum);
            }
        });
    }

    @Override
    public void sendParameters(long step, int slice, Parameters parameters) {
        int length = slices.length(slice);
        int at = 0;
        do {
            int from = at;
            int count = Math.min(CHUNK, length - at);
            boolean last = at + count == length;
            float[] buffers = last && slice == 0 ? parameters.buffers() : new float[0];
            int bytes = 2 * Integer.BYTES + (count + buffers.length) * Float.BYTES;
            sendToOthers(Message.Kind.PARAMETERS, slices.owner(slice), slice, step, bytes, body -> {
                body.putInt(from).putInt(count);
                put(body, parameters.theta(), slices.from(slice) + from, count);
                put(body, buffers, 0, buffers.length);
            });
            at += count;
        } while (at < length);
    }

    private static void put(ByteBuffer body, float[] values, int from, int count) {
        body.asFloatBuffer().put(values, from, count);
        body.position(body.position() + count * Float.BYTES);
    }

    /**
     * A message outside the heap, as the network wants it: otherwise the transport would copy it there, piece by piece,
     * as it does when much is waiting.
     */
    private ByteBuf message(
            Message.Kind kind, int rank, int slice, long step, int bodyBytes, Consumer<ByteBuffer> body) {
        int bytes = Math.addExact(Message.HEADER_BYTES, bodyBytes);
        ByteBuf message = waiting.get() < MOST_OUTSIDE_HEAP
                ? allocator.directBuffer(bytes, bytes)
                : allocator.heapBuffer(bytes, bytes);
        ByteBuffer content = message.nioBuffer(0, bytes);
        body.accept(Message.begin(content, kind, address, rank, slice, step));
        return message.writerIndex(bytes);
    }

    private void sendToOthers(
            Message.Kind kind, int rank, int slice, long step, int bodyBytes, Consumer<ByteBuffer> body) {
        if (others.isEmpty()) {
            return;
        }
        ByteBuf message = message(kind, rank, slice, step, bodyBytes, body);
        for (TransportClient client : others) {
            send(client, message.retainedDuplicate());
        }
        message.release();
    }

    /**
     * What {@link TransportClient#send} does with memory of the heap; here a failure also reaches the handler of the
     * connection, the {@link Inlet}, and gives the message's memory back: a channel that is closed already, or whose
     * threads have ended, drops a message without looking inside.
     */
    private void send(TransportClient client, ByteBuf message) {
        int bytes = message.readableBytes();
        bytesSent.addAndGet(bytes);
        waiting.addAndGet(bytes);
        Channel channel = client.getChannel();
        Body body = new Body(message);
        // Listeners run where the outcome is known: the channel's own thread may have ended.
        ChannelPromise outcome = new DefaultChannelPromise(channel, ImmediateEventExecutor.INSTANCE);
        outcome.addListener(sent -> {
            waiting.addAndGet(-bytes);
            if (!sent.isSuccess()) {
                body.release();
                channel.pipeline().fireExceptionCaught(sent.cause());
            }
        });
        ChannelFuture unused = channel.writeAndFlush(new OneWayMessage(body), outcome);
    }

    /** A message's memory, given back once. */
    private static final class Body extends NettyManagedBuffer {
        private final AtomicBoolean released = new AtomicBoolean();

        Body(ByteBuf message) {
            super(message);
        }

        @Override
        public ManagedBuffer release() {
            return released.compareAndSet(false, true) ? super.release() : this;
        }
    }
}
