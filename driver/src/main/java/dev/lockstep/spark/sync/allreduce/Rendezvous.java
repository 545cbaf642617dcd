package dev.lockstep.spark.sync.allreduce;

import dev.lockstep.nn.train.RankProgress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * The meeting place of the ranks of one round, on the driver. In each of a few meetings every rank says something and,
 * once all have, hears what all have said; a rank that fails says why, which ends the meetings of all others. From time
 * to time each rank says how far it has come: that keeps its connection open however long a meeting takes, and shows
 * which one is stuck.
 */
public final class Rendezvous implements AutoCloseable {
    /** The answer to what needs none, and to a meeting that will never be complete. */
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Floats that a rank fetches or returns at once. */
    static final int MOST_FLOATS = 1 << 18;

    private final RoundAddress address;
    private final Links links;
    private final @Nullable RoundState state;
    private final Map<Integer, Meeting> meetings = new HashMap<>();
    private @Nullable String failure;
    private boolean certain;
    private final Map<Integer, Sign> signs = new HashMap<>();

    /** One meeting: what has been said, since when, and who waits for the rest. */
    private static final class Meeting {
        final long sinceNanos = System.nanoTime();
        final Map<Integer, byte[]> said = new HashMap<>();
        final List<RpcResponseCallback> waiting = new ArrayList<>();
    }

    /**
     * What a rank has said of its progress.
     *
     * @param progress how far it has come
     * @param sinceNanos when it came so far
     * @param heardNanos when it said so last
     */
    private record Sign(RankProgress progress, long sinceNanos, long heardNanos) {}

    /** The rendezvous of a round in which nobody fetches and returns a state. */
    Rendezvous(long run, long round, int ranks) {
        this(run, round, ranks, null);
    }

    /**
     * Opens the rendezvous of a round.
     *
     * @param run random number of the training run
     * @param round number of the round or attempt
     * @param ranks how many take part
     * @param state what they fetch and return; null: nothing
     */
    public Rendezvous(long run, long round, int ranks, @Nullable RoundState state) {
        this.state = state;
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

    private void check(Message message) {
        message.checkRound(address);
        if (message.rank() < 0 || message.rank() >= address.ranks()) {
            throw new IllegalArgumentException("expected a rank below " + address.ranks() + ", got " + message.rank());
        }
    }

    /** Gives or takes a part of the state. */
    private void transfer(Message message, RpcResponseCallback answer) {
        RoundState vectors = state;
        Section[] sections = Section.values();
        if (vectors == null || message.slice() < 0 || message.slice() >= sections.length) {
            throw new IllegalArgumentException("this round has no section " + message.slice() + " of a state");
        }
        Section section = sections[message.slice()];
        ByteBuffer part = NOTHING.duplicate();
        if (message.kind() == Message.Kind.RETURN) {
            vectors.take(section, message.step(), message.body());
        } else if (failure() == null) {
            int count = message.body().getInt();
            if (count < 0 || count > MOST_FLOATS) {
                throw new IllegalArgumentException("expected at most " + MOST_FLOATS + " floats, got " + count);
            }
            part = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            vectors.fetch(section, message.step(), part);
        }
        answer.onSuccess(part);
    }

    private synchronized void hear(Message message, RpcResponseCallback answer) {
        switch (message.kind()) {
            case MEET -> meet(message, answer);
            case FAILED -> {
                if (failure == null) {
                    failure = message.text();
                    certain = message.step() != 0;
                    meetings.values().forEach(Rendezvous::end);
                }
                answer.onSuccess(NOTHING.duplicate());
            }
            case ALIVE -> {
                heard(
                        message.rank(),
                        new RankProgress(message.step(), message.body().get() != 0));
                answer.onSuccess(NOTHING.duplicate());
            }
            default -> throw new IllegalArgumentException("the driver takes no " + message.kind());
        }
    }

    private void heard(int rank, RankProgress progress) {
        long now = System.nanoTime();
        Sign before = signs.get(rank);
        long since = before != null && before.progress().equals(progress) ? before.sinceNanos() : now;
        signs.put(rank, new Sign(progress, since, now));
    }

    /**
     * Who keeps the others waiting.
     *
     * @param limitNanos how long no progress is allowed to last
     * @return the rank, where it is and what it does not do; null if all get on
     */
    public synchronized @Nullable String stalled(long limitNanos) {
        Meeting last = meetings.get(Site.DONE);
        if (last != null && last.said.size() == address.ranks()) {
            return null;
        }
        long now = System.nanoTime();
        for (Map.Entry<Integer, Sign> rank : signs.entrySet()) {
            Sign sign = rank.getValue();
            if (now - sign.heardNanos() > limitNanos) {
                return name(rank.getKey()) + " has not been heard of";
            }
            if (!sign.progress().waits() && !isMeeting(rank.getKey()) && now - sign.sinceNanos() > limitNanos) {
                return name(rank.getKey()) + " has made no progress";
            }
        }
        for (Meeting meeting : meetings.values()) {
            if (!meeting.waiting.isEmpty() && now - meeting.sinceNanos > limitNanos) {
                for (int rank = 0; rank < address.ranks(); rank++) {
                    if (!meeting.said.containsKey(rank) && !signs.containsKey(rank)) {
                        return name(rank) + " has not come to meet the others";
                    }
                }
            }
        }
        boolean allWait = signs.size() == address.ranks()
                && signs.values().stream()
                        .allMatch(sign -> sign.progress().waits() && now - sign.sinceNanos() > limitNanos);
        return allWait ? "all ranks have waited for each other" : null;
    }

    /** Whether a rank waits in a meeting. */
    private boolean isMeeting(int rank) {
        return meetings.values().stream()
                .anyMatch(meeting -> !meeting.waiting.isEmpty() && meeting.said.containsKey(rank));
    }

    private String name(int rank) {
        Meeting addresses = meetings.get(Site.ADDRESSES);
        byte[] said = addresses == null ? null : addresses.said.get(rank);
        return "rank " + rank + (said == null ? "" : " at " + Site.host(said));
    }

    private static void end(Meeting meeting) {
        meeting.waiting.forEach(waiting -> waiting.onSuccess(NOTHING.duplicate()));
        meeting.waiting.clear();
    }

    private void meet(Message message, RpcResponseCallback answer) {
        if (failure != null) {
            answer.onSuccess(NOTHING.duplicate());
            return;
        }
        int number = Math.toIntExact(message.step());
        Meeting meeting = meetings.computeIfAbsent(number, key -> new Meeting());
        if (meeting.said.putIfAbsent(message.rank(), message.bytes()) != null) {
            throw new IllegalArgumentException("rank " + message.rank() + " came twice to meeting " + number);
        }
        meeting.waiting.add(answer);
        if (meeting.said.size() == address.ranks()) {
            ByteBuffer all = Message.join(meeting.said, address.ranks());
            meeting.waiting.forEach(waiting -> waiting.onSuccess(all.duplicate()));
            meeting.waiting.clear();
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
                Message message = Message.decode(bytes);
                check(message);
                switch (message.kind()) {
                    case FETCH, RETURN -> transfer(message, callback);
                    default -> hear(message, callback);
                }
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
