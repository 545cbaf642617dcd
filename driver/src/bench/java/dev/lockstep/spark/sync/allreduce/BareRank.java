package dev.lockstep.spark.sync.allreduce;

import java.nio.ByteBuffer;
import org.apache.spark.network.client.RpcResponseCallback;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.server.OneForOneStreamManager;
import org.apache.spark.network.server.RpcHandler;
import org.apache.spark.network.server.StreamManager;

/** A rank that moves what a step of all-reduce moves over the same transport, and computes nothing. */
public final class BareRank implements AutoCloseable {
    /** Floats a message, as many as all-reduce sends in one. */
    private static final int CHUNK = 1 << 16;

    private static final long WAIT_MILLIS = 60_000;

    private final int parameters;
    private final int rank;
    private final Inflow inflow = new Inflow();
    private final Links links = new Links(inflow);
    private final ByteBuffer message = ByteBuffer.allocate(CHUNK * Float.BYTES);
    private TransportClient[] others;
    private long expected;

    /**
     * A rank that has a server and no connections yet.
     *
     * @param parameters of the step
     * @param rank which one this is
     */
    public BareRank(int parameters, int rank) {
        this.parameters = parameters;
        this.rank = rank;
    }

    /** Where others reach it: host and port. */
    public String place() {
        return links.host() + " " + links.port();
    }

    /** Connects to all others. */
    public void connect(String[] places) {
        others = new TransportClient[places.length];
        for (int other = 0; other < places.length; other++) {
            if (other != rank) {
                String[] place = places[other].split(" ");
                others[other] = links.connect(place[0], Integer.parseInt(place[1]));
            }
        }
    }

    /** Moves what a step moves. */
    public void step() {
        for (int other = 0; other < others.length; other++) {
            if (other != rank) {
                send(others[other], length(other));
                expected += (long) length(rank) * Float.BYTES;
            }
        }
        inflow.await(expected);
        for (int other = 0; other < others.length; other++) {
            if (other != rank) {
                send(others[other], length(rank));
                expected += (long) length(other) * Float.BYTES;
            }
        }
        inflow.await(expected);
    }

    /** How many parameters a slice has. */
    private int length(int slice) {
        long from = (long) parameters * slice / others.length;
        return (int) ((long) parameters * (slice + 1) / others.length - from);
    }

    private void send(TransportClient client, int floats) {
        for (int at = 0; at < floats; at += CHUNK) {
            client.send(message.duplicate().limit(Math.min(CHUNK, floats - at) * Float.BYTES));
        }
    }

    @Override
    public void close() {
        links.close();
    }

    /** Counts what arrives. */
    private static final class Inflow extends RpcHandler {
        private final StreamManager streams = new OneForOneStreamManager();
        private long bytes;

        @Override
        public synchronized void receive(TransportClient client, ByteBuffer arrived) {
            bytes += arrived.remaining();
            notifyAll();
        }

        synchronized void await(long target) {
            long deadline = System.currentTimeMillis() + WAIT_MILLIS;
            try {
                while (bytes < target) {
                    long left = deadline - System.currentTimeMillis();
                    if (left <= 0) {
                        throw new IllegalStateException("got " + bytes + " of " + target + " bytes");
                    }
                    wait(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for other ranks", e);
            }
        }

        @Override
        public void receive(TransportClient client, ByteBuffer bytes, RpcResponseCallback callback) {
            callback.onFailure(new IllegalArgumentException("a rank answers no questions"));
        }

        @Override
        public StreamManager getStreamManager() {
            return streams;
        }
    }
}
