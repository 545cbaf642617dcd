package dev.lockstep.nn.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * XXH64 (Yann Collet's xxHash, 64-bit variant, seeded) over packed floats, as if their raw bits stood in memory as
 * little-endian bytes, or over bytes. Gives rows their canonical order, rows their keys, and blocks their digests; not
 * cryptographic.
 */
public final class ContentHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    static final long PRIME_1 = 0x9E3779B185EBCA87L;
    static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME_3 = 0x165667B19E3779F9L;
    private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
    static final long PRIME_5 = 0x27D4EB2F165667C5L;

    private ContentHash() {}

    /**
     * The hash of {@code length} floats.
     *
     * @param values read
     * @param from index of the first float
     * @param length how many, 0 included
     * @param seed any number
     */
    public static long hash(float[] values, int from, int length, long seed) {
        int i = from;
        int end = from + length;
        long hash;
        if (length >= 8) {
            long a = seed + PRIME_1 + PRIME_2;
            long b = seed + PRIME_2;
            long c = seed;
            long d = seed - PRIME_1;
            for (int last = end - 8; i <= last; i += 8) {
                a = round(a, pair(values, i));
                b = round(b, pair(values, i + 2));
                c = round(c, pair(values, i + 4));
                d = round(d, pair(values, i + 6));
            }
            hash = merged(a, b, c, d);
        } else {
            hash = seed + PRIME_5;
        }
        hash += 4L * length;
        for (; i + 2 <= end; i += 2) {
            hash = withPair(hash, pair(values, i));
        }
        if (i < end) {
            hash = withWord(hash, word(values, i));
        }
        return avalanche(hash);
    }

    /**
     * The hash of bytes; of the little-endian bytes of floats it is the floats' hash.
     *
     * @param bytes read: the first {@code length} of them
     * @param length how many, 0 included
     * @param seed any number
     */
    public static long hash(byte[] bytes, int length, long seed) {
        int i = 0;
        long hash;
        if (length >= 32) {
            long a = seed + PRIME_1 + PRIME_2;
            long b = seed + PRIME_2;
            long c = seed;
            long d = seed - PRIME_1;
            for (int last = length - 32; i <= last; i += 32) {
                a = round(a, (long) LONGS.get(bytes, i));
                b = round(b, (long) LONGS.get(bytes, i + 8));
                c = round(c, (long) LONGS.get(bytes, i + 16));
                d = round(d, (long) LONGS.get(bytes, i + 24));
            }
            hash = merged(a, b, c, d);
        } else {
            hash = seed + PRIME_5;
        }
        hash += length;
        for (; i + 8 <= length; i += 8) {
            hash = withPair(hash, (long) LONGS.get(bytes, i));
        }
        if (i + 4 <= length) {
            hash = withWord(hash, (int) INTS.get(bytes, i) & 0xFFFFFFFFL);
            i += 4;
        }
        for (; i < length; i++) {
            hash = Long.rotateLeft(hash ^ (bytes[i] & 0xFFL) * PRIME_5, 11) * PRIME_1;
        }
        return avalanche(hash);
    }

    /** The hash of a text's UTF-8 bytes, without a seed. */
    public static long ofText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return hash(bytes, bytes.length, 0);
    }

    static long merged(long a, long b, long c, long d) {
        long hash = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
        hash = mergeRound(hash, a);
        hash = mergeRound(hash, b);
        hash = mergeRound(hash, c);
        return mergeRound(hash, d);
    }

    static long withPair(long hash, long pair) {
        return Long.rotateLeft(hash ^ round(0, pair), 27) * PRIME_1 + PRIME_4;
    }

    static long withWord(long hash, long word) {
        return Long.rotateLeft(hash ^ word * PRIME_1, 23) * PRIME_2 + PRIME_3;
    }

    private static long word(float[] values, int i) {
        return Float.floatToRawIntBits(values[i]) & 0xFFFFFFFFL;
    }

    private static long pair(float[] values, int i) {
        return word(values, i) | (long) Float.floatToRawIntBits(values[i + 1]) << 32;
    }

    static long round(long accumulator, long input) {
        return Long.rotateLeft(accumulator + input * PRIME_2, 31) * PRIME_1;
    }

    private static long mergeRound(long hash, long accumulator) {
        return (hash ^ round(0, accumulator)) * PRIME_1 + PRIME_4;
    }

    static long avalanche(long hash) {
        long mixed = (hash ^ hash >>> 33) * PRIME_2;
        mixed = (mixed ^ mixed >>> 29) * PRIME_3;
        return mixed ^ mixed >>> 32;
    }
}
