package dev.lockstep.nn.kernel;

import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.nn.random.Threefry;

/** {@link RandomKernels}, one value at a time. The vector twin inherits these methods for what remains of a range. */
class ScalarRandomKernels implements RandomKernels {
    @Override
    public void uniform(long key, long first, float[] out, int outOffset, int length) {
        for (int i = 0; i < length; i++) {
            out[outOffset + i] = CounterRandom.uniform(key, first + i);
        }
    }

    @Override
    public void normal(long key, long first, float[] out, int outOffset, int length) {
        for (int i = 0; i < length; i++) {
            long block = Threefry.block(key, first + i >> 1);
            float u = ((float) ((int) block >>> 1) + 0.5f) * 0x1p-31f;
            float t = (float) ((int) (block >>> 32) >>> 8) * 0x1p-24f;
            float r = (float) Math.sqrt(-2f * ScalarMath.log(u));
            out[outOffset + i] = r * ((first + i & 1) == 0 ? ScalarMath.cosTwoPi(t) : ScalarMath.sinTwoPi(t));
        }
    }

    @Override
    public void dropoutMask(long key, long first, float p, float[] out, int outOffset, int length) {
        float kept = 1f / (1f - p);
        for (int i = 0; i < length; i++) {
            out[outOffset + i] = CounterRandom.uniform(key, first + i) < p ? 0f : kept;
        }
    }

    @Override
    public void dropout(long key, long first, float p, float[] x, int xOffset, float[] y, int yOffset, int length) {
        float kept = 1f / (1f - p);
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = CounterRandom.uniform(key, first + i) < p ? 0f : x[xOffset + i] * kept;
        }
    }
}
