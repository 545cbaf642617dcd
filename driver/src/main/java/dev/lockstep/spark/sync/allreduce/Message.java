package dev.lockstep.spark.sync.allreduce;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What travels between the processes of a round: a header that says which round, who sends what, and then the body. All
 * numbers are little-endian.
 *
 * @param kind what it is
 * @param run see {@link RoundAddress#run}
 * @param round see {@link RoundAddress#round}
 * @param rank who sends it
 * @param slice which slice of the vector it concerns; 0 where it concerns none
 * @param step step of the round; for sums and meetings their number
 * @param body what follows the header
 */
record Message(Kind kind, long run, long round, int rank, int slice, long step, ByteBuffer body) {
    static final int HEADER_BYTES = 1 + 3 * Long.BYTES + 2 * Integer.BYTES;

    /** What a message is. */
    enum Kind {
        /** To the driver: what a rank says in a meeting. */
        MEET,
        /** To the driver: why a rank failed. */
        FAILED,
        /** To the driver, from time to time: how far a rank has come. */
        ALIVE,
        /** A part of a node of gradient sums. */
        GRADIENTS,
        /** Numbers for all ranks. */
        SUMS,
        /** A part of a slice of the parameters. */
        PARAMETERS,
        /**
         * To the driver: which part of the state a rank needs; its slice is the section, its step where the part
         * begins.
         */
        FETCH,
        /** To the driver: a part of the state after the round; likewise. */
        RETURN
    }

    /**
     * Writes a header.
     *
     * @return the buffer, ready for the body
     */
    static ByteBuffer begin(ByteBuffer buffer, Kind kind, RoundAddress address, int rank, int slice, long step) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) kind.ordinal())
                .putLong(address.run())
                .putLong(address.round())
                .putInt(rank)
                .putInt(slice)
                .putLong(step);
    }

    /** A whole message of some bytes. */
    static ByteBuffer of(Kind kind, RoundAddress address, int rank, long step, byte[] body) {
        ByteBuffer buffer = ByteBuffer.allocate(Math.addExact(HEADER_BYTES, body.length));
        return begin(buffer, kind, address, rank, 0, step).put(body).flip();
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Message decode(ByteBuffer bytes) {
        ByteBuffer buffer = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.remaining() < HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "expected a message of at least " + HEADER_BYTES + " bytes, got " + buffer.remaining());
        }
        int kind = buffer.get();
        if (kind < 0 || kind >= Kind.values().length) {
            throw new IllegalArgumentException("unknown kind of message: " + kind);
        }
        return new Message(
                Kind.values()[kind],
                buffer.getLong(),
                buffer.getLong(),
                buffer.getInt(),
                buffer.getInt(),
                buffer.getLong(),
                buffer);
    }

    /** Refuses what belongs to another round. */
    void checkRound(RoundAddress address) {
        // The sender may be a stranger, who must not learn the number that would let him in.
        if (run != address.run() || round != address.round()) {
            throw new IllegalArgumentException(
                    String.format("the message is of run %x, round %d, which does not meet here", run, round));
        }
    }

    /** The body. */
    byte[] bytes() {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return bytes;
    }

    /** The body as text. */
    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** What ranks 0, 1, ... said, each with its length before it. */
    static ByteBuffer join(Map<Integer, byte[]> said, int ranks) {
        int size = said.values().stream()
                .mapToInt(bytes -> Integer.BYTES + bytes.length)
                .sum();
        ByteBuffer all = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (int rank = 0; rank < ranks; rank++) {
            byte[] bytes = Objects.requireNonNull(said.get(rank));
            all.putInt(bytes.length).put(bytes);
        }
        return all.flip();
    }

    /** Takes {@link #join} apart. */
    static List<byte[]> split(ByteBuffer joined) {
        ByteBuffer all = joined.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> said = new ArrayList<>();
        while (all.hasRemaining()) {
            byte[] bytes = new byte[all.getInt()];
            all.get(bytes);
            said.add(bytes);
        }
        return said;
    }
}
