package dev.lockstep.nn.kernel;

import java.util.Random;

/** Random test data that can be made again: {@code -Dlockstep.test.seed=N} repeats a run whose failure named N. */
final class Seeds {
    static final long SEED = Long.getLong("lockstep.test.seed", System.nanoTime());

    private Seeds() {}

    /** What a failing assertion says. */
    static String replay(String what) {
        return what + " (repeat with -Dlockstep.test.seed=" + SEED + ")";
    }

    static Random random(long salt) {
        return new Random(SEED * 31 + salt);
    }

    /** Numbers of mixed signs and magnitudes around 1. */
    static float[] floats(Random random, int length) {
        float[] x = new float[length];
        for (int i = 0; i < length; i++) {
            x[i] = (float) (random.nextGaussian() * StrictMath.exp(random.nextGaussian()));
        }
        return x;
    }

    /**
     * Like {@link #floats}, with every third number of any magnitude at all, and infinities, NaN, zeros of both signs
     * and subnormals.
     */
    static float[] wildFloats(Random random, int length) {
        float[] x = floats(random, length);
        float[] special = {
            0f,
            -0f,
            Float.NaN,
            Float.intBitsToFloat(0xFFC01234),
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MIN_NORMAL,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            1f,
            -1f
        };
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(6)) {
                case 0 -> x[i] = special[random.nextInt(special.length)];
                case 1 -> x[i] = Float.intBitsToFloat(random.nextInt());
                default -> {}
            }
        }
        return x;
    }
}
