package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.train.Exchange;
import dev.lockstep.nn.train.PeerFailureException;
import dev.lockstep.nn.train.StepSum;
import dev.lockstep.nn.train.VectorSlices;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelId;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.jspecify.annotations.Nullable;

/**
 * Takes what other processes send and gives it to the {@link Exchange}. A message of another run or round is refused
 * and its connection closed; a wrong one of this round fails the round. So does the loss of a connection by which
 * something of this round has come or has to go; others come and go as they like.
 */
final class Inlet extends RpcHandler {
    /**
     * Bytes read at once: a message in one piece can be taken from where it lies, while several are first copied
     * together.
     */
    private static final int LARGEST_READ = 1 << 20;

    private final RoundAddress address;
    private final StreamManager streams = new OneForOneStreamManager();
    private final Map<Long, IncomingGradients> gradients = new HashMap<>();
    private final Set<ChannelId> needed = ConcurrentHashMap.newKeySet();
    private @Nullable Exchange exchange;
    private @Nullable RuntimeException failure;
    private boolean closed;

    Inlet(RoundAddress address) {
        this.address = address;
    }

    /** From now on messages go to an exchange. */
    synchronized void open(Exchange to) {
        exchange = to;
        if (failure != null) {
            exchange.fail(failure);
        }
    }

    /** From now on the round fails if this connection is lost. */
    void need(TransportClient client) {
        needed.add(client.getChannel().id());
        if (!client.isActive()) {
            channelInactive(client);
        }
    }

    /** The round is over: connections may go. */
    synchronized void close() {
        closed = true;
    }

    /** Throws if the round has failed. */
    synchronized void check() {
        if (failure != null) {
            throw new PeerFailureException(failure.getMessage(), failure);
        }
    }

    @Override
    public void receive(TransportClient client, ByteBuffer bytes) {
        Message message;
        try {
            message = Message.decode(bytes);
            message.checkRound(address);
        } catch (IllegalArgumentException e) {
            client.close();
            return;
        }
        needed.add(client.getChannel().id());
        try {
            take(message);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void take(Message message) {
        Exchange to = exchange();
        switch (message.kind()) {
            case GRADIENTS -> {
                IncomingGradients incoming = incoming(message, to.slices());
                List<ShardTree.Partial<StepSum>> nodes = incoming.add(message);
                if (nodes != null) {
                    to.gradientsArrived(message.step(), message.rank(), message.slice(), nodes);
                }
            }
            case SUMS -> {
                double[] sums = new double[message.body().remaining() / Double.BYTES];
                message.body().asDoubleBuffer().get(sums);
                to.sumsArrived(message.step(), message.rank(), sums);
            }
            case PARAMETERS -> {
                checkSlice(message, to.slices());
                int at = message.body().getInt();
                int count = message.body().getInt();
                FloatBuffer floats = message.body().asFloatBuffer();
                to.parametersArrived(
                        message.step(),
                        message.slice(),
                        at,
                        floats.slice(0, count),
                        floats.slice(count, floats.remaining() - count));
            }
            default -> throw new IllegalArgumentException("a rank takes no " + message.kind());
        }
    }

    private synchronized Exchange exchange() {
        if (exchange == null) {
            throw new IllegalStateException("a message came before all ranks were ready");
        }
        return exchange;
    }

    private synchronized IncomingGradients incoming(Message message, VectorSlices slices) {
        if (message.rank() < 0 || message.rank() >= slices.ranks()) {
            throw new IllegalArgumentException("expected a rank below " + slices.ranks() + ", got " + message.rank());
        }
        checkSlice(message, slices);
        long key = (long) message.rank() * slices.count() + message.slice();
        return gradients.computeIfAbsent(
                key, absent -> new IncomingGradients(slices.from(message.slice()), slices.to(message.slice())));
    }

    private static void checkSlice(Message message, VectorSlices slices) {
        if (message.slice() < 0 || message.slice() >= slices.count()) {
            throw new IllegalArgumentException("expected a slice below " + slices.count() + ", got " + message.slice());
        }
    }

    private synchronized void fail(RuntimeException cause) {
        if (closed) {
            return;
        }
        if (failure == null) {
            failure = cause;
        }
        if (exchange != null) {
            exchange.fail(cause);
        }
    }

    @Override
    public void receive(TransportClient client, ByteBuffer bytes, RpcResponseCallback callback) {
        callback.onFailure(new IllegalArgumentException("a rank answers no questions"));
    }

    @Override
    public void channelActive(TransportClient client) {
        client.getChannel()
                .config()
                .setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(64, 1 << 16, LARGEST_READ));
    }

    @Override
    public void channelInactive(TransportClient client) {
        lost(client, new PeerFailureException("lost the connection to " + client.getSocketAddress(), null));
    }

    @Override
    public void exceptionCaught(Throwable cause, TransportClient client) {
        lost(
                client,
                new PeerFailureException(
                        "the connection to " + client.getSocketAddress() + " failed: " + cause.getMessage(), cause));
    }

    private void lost(TransportClient client, PeerFailureException cause) {
        if (needed.contains(client.getChannel().id())) {
            fail(cause);
        }
    }

    @Override
    public StreamManager getStreamManager() {
        return streams;
    }
}
