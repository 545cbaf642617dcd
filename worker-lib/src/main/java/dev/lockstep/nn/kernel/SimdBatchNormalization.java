package dev.lockstep.nn.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link BatchNormalization} with channels side by side: a few vectors of them are kept in registers while the lines go
 * by. Channels that fill no vector are left to the scalar twin.
 */
final class SimdBatchNormalization extends ScalarBatchNormalization {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /** Lines that stay in the first cache, of three arrays, while vector after vector of their channels goes by. */
    private static final int CACHED_LINES = 32;

    @Override
    void blockMoments(int lines, int channels, float[] x, int xOffset, float[] scratch) {
        int c = 0;
        for (; c + 4 * L <= channels; c += 4 * L) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = FloatVector.zero(F);
            FloatVector s2 = FloatVector.zero(F);
            FloatVector s3 = FloatVector.zero(F);
            int at = xOffset + c;
            for (int line = 0; line < lines; line++, at += channels) {
                s0 = s0.add(load(x, at));
                s1 = s1.add(load(x, at + L));
                s2 = s2.add(load(x, at + 2 * L));
                s3 = s3.add(load(x, at + 3 * L));
            }
            FloatVector m0 = s0.div(lines);
            FloatVector m1 = s1.div(lines);
            FloatVector m2 = s2.div(lines);
            FloatVector m3 = s3.div(lines);
            FloatVector q0 = FloatVector.zero(F);
            FloatVector q1 = FloatVector.zero(F);
            FloatVector q2 = FloatVector.zero(F);
            FloatVector q3 = FloatVector.zero(F);
            at = xOffset + c;
            for (int line = 0; line < lines; line++, at += channels) {
                FloatVector d0 = load(x, at).sub(m0);
                FloatVector d1 = load(x, at + L).sub(m1);
                FloatVector d2 = load(x, at + 2 * L).sub(m2);
                FloatVector d3 = load(x, at + 3 * L).sub(m3);
                q0 = d0.fma(d0, q0);
                q1 = d1.fma(d1, q1);
                q2 = d2.fma(d2, q2);
                q3 = d3.fma(d3, q3);
            }
            m0.intoArray(scratch, c);
            m1.intoArray(scratch, c + L);
            m2.intoArray(scratch, c + 2 * L);
            m3.intoArray(scratch, c + 3 * L);
            q0.intoArray(scratch, channels + c);
            q1.intoArray(scratch, channels + c + L);
            q2.intoArray(scratch, channels + c + 2 * L);
            q3.intoArray(scratch, channels + c + 3 * L);
        }
        for (; c + L <= channels; c += L) {
            FloatVector s = FloatVector.zero(F);
            int at = xOffset + c;
            for (int line = 0; line < lines; line++, at += channels) {
                s = s.add(load(x, at));
            }
            FloatVector m = s.div(lines);
            FloatVector q = FloatVector.zero(F);
            at = xOffset + c;
            for (int line = 0; line < lines; line++, at += channels) {
                FloatVector d = load(x, at).sub(m);
                q = d.fma(d, q);
            }
            m.intoArray(scratch, c);
            q.intoArray(scratch, channels + c);
        }
        blockMoments(lines, channels, c, x, xOffset, scratch);
    }

    @Override
    public void normalize(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] mean,
            float[] scale,
            float[] shift,
            boolean relu,
            float[] y,
            int yOffset) {
        int bound = F.loopBound(channels);
        for (int line = 0; line < lines; line++) {
            int from = xOffset + line * channels;
            int to = yOffset + line * channels;
            if (relu) {
                for (int c = 0; c < bound; c += L) {
                    FloatVector v = load(x, from + c).sub(load(mean, c)).fma(load(scale, c), load(shift, c));
                    v.blend(0f, v.compare(VectorOperators.LT, 0f)).intoArray(y, to + c);
                }
            } else {
                for (int c = 0; c < bound; c += L) {
                    load(x, from + c)
                            .sub(load(mean, c))
                            .fma(load(scale, c), load(shift, c))
                            .intoArray(y, to + c);
                }
            }
        }
        if (bound < channels) {
            normalize(lines, channels, bound, x, xOffset, mean, scale, shift, relu, y, yOffset);
        }
    }

    @Override
    void blockSums(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scratch) {
        Arrays.fill(scratch, 0, 2 * channels, 0f);
        for (int first = 0; first < lines; first += CACHED_LINES) {
            int count = Math.min(CACHED_LINES, lines - first);
            int at = first * channels;
            if (y != null) {
                maskByRelu(count * channels, y, yOffset + at, dy, dyOffset + at);
            }
            int c = 0;
            for (; c + 2 * L <= channels; c += 2 * L) {
                addTwo(count, channels, c, x, xOffset + at, dy, dyOffset + at, mean, scratch);
            }
            for (; c + L <= channels; c += L) {
                addOne(count, channels, c, x, xOffset + at, dy, dyOffset + at, mean, scratch);
            }
        }
        blockSums(lines, channels, F.loopBound(channels), x, xOffset, null, 0, dy, dyOffset, mean, scratch);
    }

    private static void maskByRelu(int count, float[] y, int yOffset, float[] dy, int dyOffset) {
        int bound = F.loopBound(count);
        FloatVector zero = FloatVector.zero(F);
        for (int i = 0; i < bound; i += L) {
            zero.blend(load(dy, dyOffset + i), load(y, yOffset + i).compare(VectorOperators.GT, 0f))
                    .intoArray(dy, dyOffset + i);
        }
        for (int i = bound; i < count; i++) {
            dy[dyOffset + i] = y[yOffset + i] > 0f ? dy[dyOffset + i] : 0f;
        }
    }

    /** Continues the sums of two vectors of channels over some lines. */
    private static void addTwo(
            int lines,
            int channels,
            int c,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scratch) {
        FloatVector m0 = load(mean, c);
        FloatVector m1 = load(mean, c + L);
        FloatVector s0 = load(scratch, c);
        FloatVector s1 = load(scratch, c + L);
        FloatVector t0 = load(scratch, channels + c);
        FloatVector t1 = load(scratch, channels + c + L);
        int at = c;
        for (int line = 0; line < lines; line++, at += channels) {
            FloatVector d0 = load(dy, dyOffset + at);
            FloatVector d1 = load(dy, dyOffset + at + L);
            s0 = s0.add(d0);
            s1 = s1.add(d1);
            t0 = d0.fma(load(x, xOffset + at).sub(m0), t0);
            t1 = d1.fma(load(x, xOffset + at + L).sub(m1), t1);
        }
        s0.intoArray(scratch, c);
        s1.intoArray(scratch, c + L);
        t0.intoArray(scratch, channels + c);
        t1.intoArray(scratch, channels + c + L);
    }

    /** The same for one. */
    private static void addOne(
            int lines,
            int channels,
            int c,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scratch) {
        FloatVector m = load(mean, c);
        FloatVector s = load(scratch, c);
        FloatVector t = load(scratch, channels + c);
        int at = c;
        for (int line = 0; line < lines; line++, at += channels) {
            FloatVector d = load(dy, dyOffset + at);
            s = s.add(d);
            t = d.fma(load(x, xOffset + at).sub(m), t);
        }
        s.intoArray(scratch, c);
        t.intoArray(scratch, channels + c);
    }

    @Override
    public void inputGradient(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scale,
            float[] a,
            float[] b,
            float[] dx,
            int dxOffset) {
        int bound = F.loopBound(channels);
        for (int line = 0; line < lines; line++) {
            int at = line * channels;
            for (int c = 0; c < bound; c += L) {
                FloatVector part = load(dy, dyOffset + at + c).fma(load(scale, c), load(b, c));
                load(x, xOffset + at + c)
                        .sub(load(mean, c))
                        .fma(load(a, c), part)
                        .intoArray(dx, dxOffset + at + c);
            }
        }
        if (bound < channels) {
            inputGradient(lines, channels, bound, x, xOffset, dy, dyOffset, mean, scale, a, b, dx, dxOffset);
        }
    }

    private static FloatVector load(float[] x, int offset) {
        return FloatVector.fromArray(F, x, offset);
    }
}
