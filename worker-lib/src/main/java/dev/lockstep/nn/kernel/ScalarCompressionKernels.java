package dev.lockstep.nn.kernel;

import java.util.Arrays;

/**
 * {@link CompressionKernels}, one element at a time. The vector twin inherits these methods for what remains of a
 * range.
 */
class ScalarCompressionKernels implements CompressionKernels {
    /** The bits of a float without its sign: in the order of magnitudes, infinity and then NaN above all numbers. */
    static final int MAGNITUDE = 0x7FFFFFFF;

    static final int INFINITY = 0x7F800000;
    static final int NAN = INFINITY + 1;
    static final int BFLOAT16_NAN = 0x7FC0;
    static final int FLOAT16_NAN = 0x7E00;
    static final int FLOAT16_INFINITY = 0x7C00;
    static final int FLOAT16_SIGN = 0x8000;

    /**
     * The magnitude of 65,520: half-way from the greatest float16 to what the next one would be, so it rounds to
     * infinity.
     */
    static final int FLOAT16_OVERFLOW = 0x477FF000;

    /** The magnitude of 2^-14, the least normal float16. */
    static final int FLOAT16_NORMAL = 0x38800000;

    /** Fraction bits that a float has and a float16 has not. */
    static final int FLOAT16_SHIFT = 13;

    /** What the exponent of a float has to lose to be that of a float16, in place. */
    static final int FLOAT16_BIAS = 0x38000000;

    /** 2^-24 is the unit in the last place of 0.5 and of subnormal float16 numbers: adding 0.5 rounds to them. */
    static final float FLOAT16_ROUNDER = 0.5f;

    /** Bits of a magnitude that {@link #keepGreatest} looks at together: 11, then 10, then 10. */
    private static final int[] SHIFTS = {20, 10, 0};

    private static final int[] DIGITS = {0x7FF, 0x3FF, 0x3FF};

    /** Shifts a magnitude out altogether. */
    private static final int ALL = 31;

    @Override
    public void roundBfloat16(float[] x, int xOffset, int length) {
        for (int i = 0; i < length; i++) {
            x[xOffset + i] = Float.intBitsToFloat(bfloat16(x[xOffset + i]) << 16);
        }
    }

    @Override
    public void toBfloat16(float[] x, int xOffset, short[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = (short) bfloat16(x[xOffset + i]);
        }
    }

    private static int bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & MAGNITUDE) > INFINITY) {
            return BFLOAT16_NAN;
        }
        // Just below half a unit, and a bit more if the last bit that stays is odd.
        return bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
    }

    @Override
    public void fromBfloat16(short[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = Float.intBitsToFloat(x[xOffset + i] << 16);
        }
    }

    @Override
    public void roundFloat16(float[] x, int xOffset, int length) {
        for (int i = 0; i < length; i++) {
            x[xOffset + i] = fromFloat16(float16(x[xOffset + i]));
        }
    }

    @Override
    public void toFloat16(float[] x, int xOffset, short[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = (short) float16(x[xOffset + i]);
        }
    }

    private static int float16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int magnitude = bits & MAGNITUDE;
        if (magnitude > INFINITY) {
            return FLOAT16_NAN;
        }
        int sign = bits >>> 16 & FLOAT16_SIGN;
        if (magnitude >= FLOAT16_OVERFLOW) {
            return sign | FLOAT16_INFINITY;
        }
        if (magnitude < FLOAT16_NORMAL) {
            return sign
                    | Float.floatToRawIntBits(Math.abs(value) + FLOAT16_ROUNDER)
                            - Float.floatToRawIntBits(FLOAT16_ROUNDER);
        }
        int odd = magnitude >>> FLOAT16_SHIFT & 1;
        return sign | magnitude - FLOAT16_BIAS + 0xFFF + odd >>> FLOAT16_SHIFT;
    }

    @Override
    public void fromFloat16(short[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = fromFloat16(x[xOffset + i]);
        }
    }

    private static float fromFloat16(int bits) {
        int sign = (bits & FLOAT16_SIGN) << 16;
        int magnitude = (bits & FLOAT16_SIGN - 1) << FLOAT16_SHIFT;
        if (magnitude >= FLOAT16_INFINITY << FLOAT16_SHIFT) {
            return Float.intBitsToFloat(sign | magnitude + 2 * FLOAT16_BIAS);
        }
        if (magnitude < FLOAT16_NORMAL - FLOAT16_BIAS) {
            // A normal number with this fraction, less what its exponent adds.
            float subnormal = Float.intBitsToFloat(magnitude + FLOAT16_NORMAL) - Float.intBitsToFloat(FLOAT16_NORMAL);
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(subnormal));
        }
        return Float.intBitsToFloat(sign | magnitude + FLOAT16_BIAS);
    }

    @Override
    public final void keepGreatest(
            int keep, float[] x, int xOffset, float[] rest, int restOffset, int length, int[] counts) {
        add(x, xOffset, rest, restOffset, length);
        int threshold = 0;
        int ties = 0;
        if (keep < length) {
            // The keep-th greatest magnitude, digit by digit from the highest: of all that begin with the digits found
            // so far, how many have which next digit?
            int wanted = keep;
            for (int level = 0; level < SHIFTS.length; level++) {
                Arrays.fill(counts, 0, DIGITS[level] + 1, 0);
                count(x, xOffset, length, level, threshold, counts);
                int digit = DIGITS[level];
                while (counts[digit] < wanted) {
                    wanted -= counts[digit--];
                }
                threshold |= digit << SHIFTS[level];
            }
            ties = threshold == 0 ? 0 : wanted;
        }
        divide(x, xOffset, rest, restOffset, length, threshold, ties);
    }

    /** All NaN are alike. */
    private static int magnitude(float value) {
        return Math.min(Float.floatToRawIntBits(value) & MAGNITUDE, NAN);
    }

    /** {@code x += rest}. */
    void add(float[] x, int xOffset, float[] rest, int restOffset, int length) {
        for (int i = 0; i < length; i++) {
            x[xOffset + i] += rest[restOffset + i];
        }
    }

    /** The first of the bits of a magnitude that are known when the digit of this level is looked for. */
    static int known(int level) {
        return level == 0 ? ALL : SHIFTS[level - 1];
    }

    /**
     * Counts the elements by a digit of their magnitude: those whose magnitude agrees with {@code begin} in all bits
     * that are {@link #known}.
     */
    void count(float[] x, int xOffset, int length, int level, int begin, int[] counts) {
        int known = known(level);
        int shift = SHIFTS[level];
        int digits = DIGITS[level];
        for (int i = 0; i < length; i++) {
            int magnitude = magnitude(x[xOffset + i]);
            if (magnitude >>> known == begin >>> known) {
                counts[magnitude >>> shift & digits]++;
            }
        }
    }

    /**
     * Leaves in x what is above the threshold and the first {@code ties} that are equal to it; returns how many of
     * those were not found.
     */
    int divide(float[] x, int xOffset, float[] rest, int restOffset, int length, int threshold, int ties) {
        int left = ties;
        for (int i = 0; i < length; i++) {
            float value = x[xOffset + i];
            int magnitude = magnitude(value);
            boolean tie = magnitude == threshold && left > 0;
            left -= tie ? 1 : 0;
            boolean kept = magnitude > threshold || tie;
            x[xOffset + i] = kept ? value : 0f;
            rest[restOffset + i] = kept ? 0f : value;
        }
        return left;
    }
}
