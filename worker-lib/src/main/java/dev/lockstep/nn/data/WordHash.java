package dev.lockstep.nn.data;

/**
 * {@link ContentHash} of 32-bit words that come one after the other: the same number as over an array that holds them
 * all. Runs of zeros are not written anywhere.
 */
final class WordHash {
    private static final int STRIPE = 8;

    private final int[] pending = new int[STRIPE];
    private int filled;
    private long words;
    private long seed;
    private long a;
    private long b;
    private long c;
    private long d;

    /** Forgets all words. */
    void begin(long newSeed) {
        filled = 0;
        words = 0;
        seed = newSeed;
        a = seed + ContentHash.PRIME_1 + ContentHash.PRIME_2;
        b = seed + ContentHash.PRIME_2;
        c = seed;
        d = seed - ContentHash.PRIME_1;
    }

    /** Appends a word. */
    void word(int bits) {
        pending[filled++] = bits;
        words++;
        if (filled == STRIPE) {
            a = ContentHash.round(a, pair(0));
            b = ContentHash.round(b, pair(2));
            c = ContentHash.round(c, pair(4));
            d = ContentHash.round(d, pair(6));
            filled = 0;
        }
    }

    /** Appends the raw bits of floats. */
    void floats(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            word(Float.floatToRawIntBits(values[i]));
        }
    }

    /** Appends words that are 0. */
    void zeros(int count) {
        int left = count;
        for (; left > 0 && filled > 0; left--) {
            word(0);
        }
        for (; left >= STRIPE; left -= STRIPE) {
            a = ContentHash.round(a, 0);
            b = ContentHash.round(b, 0);
            c = ContentHash.round(c, 0);
            d = ContentHash.round(d, 0);
            words += STRIPE;
        }
        for (; left > 0; left--) {
            word(0);
        }
    }

    /** The hash of all words since {@link #begin}. */
    long value() {
        long hash = words >= STRIPE ? ContentHash.merged(a, b, c, d) : seed + ContentHash.PRIME_5;
        hash += Integer.BYTES * words;
        int i = 0;
        for (; i + 2 <= filled; i += 2) {
            hash = ContentHash.withPair(hash, pair(i));
        }
        if (i < filled) {
            hash = ContentHash.withWord(hash, pending[i] & 0xFFFFFFFFL);
        }
        return ContentHash.avalanche(hash);
    }

    private long pair(int i) {
        return pending[i] & 0xFFFFFFFFL | (long) pending[i + 1] << 32;
    }
}
