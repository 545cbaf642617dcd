package dev.lockstep.spark.sync.allreduce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.train.VectorSlices;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportResponseHandler;
import org.apache.spark.network.protocol.OneWayMessage;
import org.apache.spark.network.util.NettyUtils;
import org.junit.jupiter.api.Test;

/** Where messages lie while they wait, and what becomes of one that cannot be sent. */
class OutletTest {
    private final List<OneWayMessage> waiting = new ArrayList<>();
    private final List<ChannelPromise> promises = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    /** Sends nothing. */
    private final class Stuck extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            waiting.add((OneWayMessage) message);
            promises.add(promise);
        }
    }

    private final class Failures extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failures.add(cause);
        }
    }

    @Test
    void muchThatWaitsLiesInTheHeap() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel(new Stuck(), new Failures());
        TransportClient client = new TransportClient(channel, new TransportResponseHandler(channel));
        NetworkedRanks networked = new NetworkedRanks();
        VectorSlices slices = networked.update().slices(2);
        Outlet outlet =
                new Outlet(new RoundAddress("nowhere", 1, 1, 0, 2), slices, new TransportClient[] {null, client});
        Parameters parameters = networked.initial();
        while (outlet.bytesSent() < Outlet.MOST_OUTSIDE_HEAP) {
            outlet.sendParameters(0, 0, parameters);
        }
        assertThat(isDirect(0)).isTrue();
        outlet.sendParameters(0, 0, parameters);
        assertThat(isDirect(waiting.size() - 1)).isFalse();

        promises.forEach(ChannelPromise::setSuccess);
        outlet.sendParameters(0, 0, parameters);
        assertThat(isDirect(waiting.size() - 1)).isTrue();

        promises.get(promises.size() - 1).setFailure(new IOException("no way out"));
        channel.runPendingTasks();
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessage("no way out"));
        for (OneWayMessage message : waiting) {
            message.body().release();
        }
    }

    /** As when a peer has gone: what is sent to it gives its memory back, whatever its channel does. */
    @Test
    void nothingIsKeptForAClosedChannel() {
        PooledByteBufAllocator pool = NettyUtils.getSharedPooledByteBufAllocator(true, true);
        long before = pool.pinnedDirectMemory();
        NetworkedRanks networked = new NetworkedRanks();
        EmbeddedChannel channel = new EmbeddedChannel(new Failures());
        channel.close().syncUninterruptibly();
        TransportClient client = new TransportClient(channel, new TransportResponseHandler(channel));
        Outlet outlet = new Outlet(
                new RoundAddress("nowhere", 1, 1, 0, 2),
                networked.update().slices(2),
                new TransportClient[] {null, client});
        for (int i = 0; i < 50; i++) {
            outlet.sendParameters(0, 0, networked.initial());
        }
        assertThat(outlet.bytesSent()).isGreaterThan(1 << 16);
        assertThat(pool.pinnedDirectMemory()).isEqualTo(before);
    }

    private boolean isDirect(int message) throws Exception {
        ByteBuf body = (ByteBuf) waiting.get(message).body().convertToNetty();
        try {
            return body.isDirect();
        } finally {
            body.release();
        }
    }
}
