package dev.lockstep.nn.kernel;

import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.nn.random.Threefry;
import dev.lockstep.nn.tensor.Vector;

/**
 * {@link RandomKernels}, one value at a time. The vector twin leaves the ends of a range to the methods on a part of
 * it.
 */
class ScalarRandomKernels implements RandomKernels {
    @Override
    public void uniform(long key, long first, Vector out) {
        uniform(key, first, out, 0, out.length());
    }

    @Override
    public void normal(long key, long first, Vector out) {
        normal(key, first, out, 0, out.length());
    }

    @Override
    public void dropout(long key, long first, float p, Vector x, Vector y) {
        dropout(key, first, p, x, y, 0, y.length());
    }

    static void uniform(long key, long first, Vector out, int from, int to) {
        float[] values = out.array();
        for (int i = from; i < to; i++) {
            values[out.offset() + i] = CounterRandom.uniform(key, first + i);
        }
    }

    static void normal(long key, long first, Vector out, int from, int to) {
        float[] values = out.array();
        for (int i = from; i < to; i++) {
            long block = Threefry.block(key, first + i >> 1);
            float u = ((float) ((int) block >>> 1) + 0.5f) * 0x1p-31f;
            float t = (float) ((int) (block >>> 32) >>> 8) * 0x1p-24f;
            float r = (float) Math.sqrt(-2f * ScalarMath.log(u));
            values[out.offset() + i] = r * ((first + i & 1) == 0 ? ScalarMath.cosTwoPi(t) : ScalarMath.sinTwoPi(t));
        }
    }

    static void dropout(long key, long first, float p, Vector x, Vector y, int from, int to) {
        float[] inputs = x.array();
        float[] outputs = y.array();
        float kept = 1f / (1f - p);
        for (int i = from; i < to; i++) {
            outputs[y.offset() + i] = CounterRandom.uniform(key, first + i) < p ? 0f : inputs[x.offset() + i] * kept;
        }
    }
}
