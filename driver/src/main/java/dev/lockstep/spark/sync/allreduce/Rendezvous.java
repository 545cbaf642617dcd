package dev.lockstep.spark.sync.allreduce;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;
import org.jspecify.annotations.Nullable;

/**
 * Where the ranks of one round meet, on the driver. In each of a few meetings every rank says something and, once all
 * have, hears what all have said; a rank that fails says why.
 */
public final class Rendezvous implements AutoCloseable {
    private final RoundAddress address;
    private final Links links;
    private final Map<Integer, Meeting> meetings = new HashMap<>();
    private @Nullable String failure;
    private boolean certain;

    /** One meeting: what has been said, and who waits for the rest. */
    private static final class Meeting {
        final Map<Integer, byte[]> said = new HashMap<>();
        final List<RpcResponseCallback> waiting = new ArrayList<>();
    }

    /**
     * Opens the rendezvous of a round.
     *
     * @param run random number of the training run
     * @param round number of the round or attempt
     * @param ranks how many take part
     */
    public Rendezvous(long run, long round, int ranks) {
        links = new Links(new Handler(), Links.RENDEZVOUS_PORT);
        address = new RoundAddress(links.host(), links.port(), run, round, ranks);
    }

    /** How ranks find it. */
    public RoundAddress address() {
        return address;
    }

    /** Why the first rank that failed did so; null if none has said so. */
    public synchronized @Nullable String failure() {
        return failure;
    }

    /** Whether the round would fail again in the same way. */
    public synchronized boolean failsAgain() {
        return certain;
    }

    private synchronized void hear(Message message, RpcResponseCallback answer) {
        message.checkRound(address);
        if (message.rank() < 0 || message.rank() >= address.ranks()) {
            throw new IllegalArgumentException("expected a rank below " + address.ranks() + ", got " + message.rank());
        }
        switch (message.kind()) {
            case MEET -> meet(message, answer);
            case FAILED -> {
                if (failure == null) {
                    failure = message.text();
                    certain = message.step() != 0;
                }
                answer.onSuccess(ByteBuffer.allocate(0));
            }
            default -> throw new IllegalArgumentException("the driver takes no " + message.kind());
        }
    }

    private void meet(Message message, RpcResponseCallback answer) {
        int number = Math.toIntExact(message.step());
        Meeting meeting = meetings.computeIfAbsent(number, key -> new Meeting());
        if (meeting.said.putIfAbsent(message.rank(), message.bytes()) != null) {
            throw new IllegalArgumentException("rank " + message.rank() + " came twice to meeting " + number);
        }
        meeting.waiting.add(answer);
        if (meeting.said.size() == address.ranks()) {
            ByteBuffer all = Message.join(meeting.said, address.ranks());
            meeting.waiting.forEach(waiting -> waiting.onSuccess(all.duplicate()));
        }
    }

    @Override
    public void close() {
        links.close();
    }

    private final class Handler extends RpcHandler {
        private final StreamManager streams = new OneForOneStreamManager();

        @Override
        public void receive(TransportClient client, ByteBuffer bytes, RpcResponseCallback callback) {
            try {
                hear(Message.decode(bytes), callback);
            } catch (RuntimeException e) {
                callback.onFailure(e);
            }
        }

        @Override
        public StreamManager getStreamManager() {
            return streams;
        }
    }
}
