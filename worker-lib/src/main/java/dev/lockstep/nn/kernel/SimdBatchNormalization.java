package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link BatchNormalization} with channels side by side: a few vectors of them are kept in registers while the lines go
 * by. Channels that fill no vector are left to the scalar twin.
 */
final class SimdBatchNormalization extends ScalarBatchNormalization {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /** Lines that stay in the first cache, of three arrays, while vector after vector of their channels goes by. */
    private static final int CACHED_LINES = 32;

    SimdBatchNormalization(Activations activations) {
        super(activations);
    }

    @Override
    void blockMoments(int firstLine, int count, Matrix x, float[] scratch) {
        float[] values = x.array();
        int channels = x.columns();
        int begin = x.offset() + firstLine * channels;
        int c = 0;
        for (; c + 4 * L <= channels; c += 4 * L) {
            FloatVector s0 = FloatVector.zero(F);
            FloatVector s1 = FloatVector.zero(F);
            FloatVector s2 = FloatVector.zero(F);
            FloatVector s3 = FloatVector.zero(F);
            int at = begin + c;
            for (int line = 0; line < count; line++, at += channels) {
                s0 = s0.add(load(values, at));
                s1 = s1.add(load(values, at + L));
                s2 = s2.add(load(values, at + 2 * L));
                s3 = s3.add(load(values, at + 3 * L));
            }
            FloatVector m0 = s0.div(count);
            FloatVector m1 = s1.div(count);
            FloatVector m2 = s2.div(count);
            FloatVector m3 = s3.div(count);
            FloatVector q0 = FloatVector.zero(F);
            FloatVector q1 = FloatVector.zero(F);
            FloatVector q2 = FloatVector.zero(F);
            FloatVector q3 = FloatVector.zero(F);
            at = begin + c;
            for (int line = 0; line < count; line++, at += channels) {
                FloatVector d0 = load(values, at).sub(m0);
                FloatVector d1 = load(values, at + L).sub(m1);
                FloatVector d2 = load(values, at + 2 * L).sub(m2);
                FloatVector d3 = load(values, at + 3 * L).sub(m3);
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
            int at = begin + c;
            for (int line = 0; line < count; line++, at += channels) {
                s = s.add(load(values, at));
            }
            FloatVector m = s.div(count);
            FloatVector q = FloatVector.zero(F);
            at = begin + c;
            for (int line = 0; line < count; line++, at += channels) {
                FloatVector d = load(values, at).sub(m);
                q = d.fma(d, q);
            }
            m.intoArray(scratch, c);
            q.intoArray(scratch, channels + c);
        }
        blockMoments(firstLine, count, c, x, scratch);
    }

    @Override
    public void normalize(Matrix x, float[] mean, float[] scale, float[] shift, boolean relu, Matrix y) {
        float[] inputs = x.array();
        float[] outputs = y.array();
        int channels = x.columns();
        int bound = F.loopBound(channels);
        for (int line = 0; line < x.rows(); line++) {
            int from = x.offset() + line * channels;
            int to = y.offset() + line * channels;
            if (relu) {
                for (int c = 0; c < bound; c += L) {
                    FloatVector v = load(inputs, from + c).sub(load(mean, c)).fma(load(scale, c), load(shift, c));
                    v.blend(0f, v.compare(VectorOperators.LT, 0f)).intoArray(outputs, to + c);
                }
            } else {
                for (int c = 0; c < bound; c += L) {
                    load(inputs, from + c)
                            .sub(load(mean, c))
                            .fma(load(scale, c), load(shift, c))
                            .intoArray(outputs, to + c);
                }
            }
        }
        if (bound < channels) {
            normalize(bound, x, mean, scale, shift, relu, y);
        }
    }

    @Override
    void blockSums(int firstLine, int count, Matrix x, @Nullable Matrix y, Matrix dy, float[] mean, float[] scratch) {
        int channels = x.columns();
        Arrays.fill(scratch, 0, 2 * channels, 0f);
        for (int line = firstLine; line < firstLine + count; line += CACHED_LINES) {
            int cached = Math.min(CACHED_LINES, firstLine + count - line);
            if (y != null) {
                maskByRelu(line, cached, y, dy);
            }
            int c = 0;
            for (; c + 2 * L <= channels; c += 2 * L) {
                addTwo(line, cached, c, x, dy, mean, scratch);
            }
            for (; c + L <= channels; c += L) {
                addOne(line, cached, c, x, dy, mean, scratch);
            }
        }
        channelSums(firstLine, count, F.loopBound(channels), x, dy, mean, scratch);
    }

    /** Continues the sums of two vectors of channels over some lines. */
    private static void addTwo(int firstLine, int count, int c, Matrix x, Matrix dy, float[] mean, float[] scratch) {
        float[] inputs = x.array();
        float[] gradients = dy.array();
        int channels = x.columns();
        FloatVector m0 = load(mean, c);
        FloatVector m1 = load(mean, c + L);
        FloatVector s0 = load(scratch, c);
        FloatVector s1 = load(scratch, c + L);
        FloatVector t0 = load(scratch, channels + c);
        FloatVector t1 = load(scratch, channels + c + L);
        int from = x.offset() + firstLine * channels + c;
        int at = dy.offset() + firstLine * channels + c;
        for (int line = 0; line < count; line++, from += channels, at += channels) {
            FloatVector d0 = load(gradients, at);
            FloatVector d1 = load(gradients, at + L);
            s0 = s0.add(d0);
            s1 = s1.add(d1);
            t0 = d0.fma(load(inputs, from).sub(m0), t0);
            t1 = d1.fma(load(inputs, from + L).sub(m1), t1);
        }
        s0.intoArray(scratch, c);
        s1.intoArray(scratch, c + L);
        t0.intoArray(scratch, channels + c);
        t1.intoArray(scratch, channels + c + L);
    }

    /** The same for one. */
    private static void addOne(int firstLine, int count, int c, Matrix x, Matrix dy, float[] mean, float[] scratch) {
        float[] inputs = x.array();
        float[] gradients = dy.array();
        int channels = x.columns();
        FloatVector m = load(mean, c);
        FloatVector s = load(scratch, c);
        FloatVector t = load(scratch, channels + c);
        int from = x.offset() + firstLine * channels + c;
        int at = dy.offset() + firstLine * channels + c;
        for (int line = 0; line < count; line++, from += channels, at += channels) {
            FloatVector d = load(gradients, at);
            s = s.add(d);
            t = d.fma(load(inputs, from).sub(m), t);
        }
        s.intoArray(scratch, c);
        t.intoArray(scratch, channels + c);
    }

    @Override
    public void inputGradient(Matrix x, float[] mean, float[] scale, float[] slope, float[] level, Matrix dy) {
        float[] inputs = x.array();
        float[] gradients = dy.array();
        int channels = x.columns();
        int bound = F.loopBound(channels);
        for (int line = 0; line < x.rows(); line++) {
            int from = x.offset() + line * channels;
            int at = dy.offset() + line * channels;
            for (int c = 0; c < bound; c += L) {
                FloatVector part = load(gradients, at + c).fma(load(scale, c), load(level, c));
                load(inputs, from + c)
                        .sub(load(mean, c))
                        .fma(load(slope, c), part)
                        .intoArray(gradients, at + c);
            }
        }
        if (bound < channels) {
            inputGradient(bound, x, mean, scale, slope, level, dy);
        }
    }

    private static FloatVector load(float[] x, int offset) {
        return FloatVector.fromArray(F, x, offset);
    }
}
