package dev.lockstep.nn.kernel;

import dev.lockstep.nn.random.Threefry;
import dev.lockstep.nn.tensor.Vector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RandomKernels} on vectors: as many Threefry blocks at once as a vector has lanes, which give two vectors of
 * values. What comes before the first whole block, what remains, and what lies beyond a wrap of the lower half of the
 * counter are left to the scalar twin.
 */
final class SimdRandomKernels extends ScalarRandomKernels {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final VectorSpecies<Integer> I = Lanes.INTS;
    private static final int L = F.length();
    private static final IntVector IOTA = IntVector.zero(I).addIndex(1);

    /**
     * Lanes 0 0 1 1 ... and, for the upper half, L/2 L/2 L/2+1 ... : with every other lane from a second vector, a zip.
     */
    private static final VectorShuffle<Float> SPREAD_LOW = VectorShuffle.fromOp(F, i -> i / 2);

    private static final VectorShuffle<Float> SPREAD_HIGH = VectorShuffle.fromOp(F, i -> (L + i) / 2);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(F, 0xAAAAL & (1L << L) - 1);

    /** Threefry's twenty rounds: five groups of four, each ended by a key, with these rotations in turn. */
    private static final int GROUPS = 5;

    private static final int ROUNDS = 4;
    private static final int[] ROTATIONS = {13, 15, 26, 6, 17, 29, 16, 24};

    /** What is made of the words. */
    private enum Kind {
        UNIFORM,
        NORMAL,
        DROPOUT
    }

    @Override
    public void uniform(long key, long first, Vector out) {
        int head = head(first, out);
        uniform(key, first, out, 0, head);
        int done = vectors(Kind.UNIFORM, key, first, 0f, out, out, head);
        uniform(key, first, out, done, out.length());
    }

    @Override
    public void normal(long key, long first, Vector out) {
        int head = head(first, out);
        normal(key, first, out, 0, head);
        int done = vectors(Kind.NORMAL, key, first, 0f, out, out, head);
        normal(key, first, out, done, out.length());
    }

    @Override
    public void dropout(long key, long first, float p, Vector x, Vector y) {
        int head = head(first, y);
        dropout(key, first, p, x, y, 0, head);
        int done = vectors(Kind.DROPOUT, key, first, p, x, y, head);
        dropout(key, first, p, x, y, done, y.length());
    }

    /** How many values come before the first whole block: one or none. */
    private static int head(long first, Vector out) {
        return Math.min((int) (first & 1), out.length());
    }

    /**
     * Fills y from place {@code from} on with the values of whole blocks, {@code 2 L} at a time, up to the last whole
     * vector or to where the lower half of the counter wraps; returns the place that is next. The rounds are a loop of
     * four at a time, and the normal numbers a pass of their own: C2 gives up on inlining a body with all of that
     * spelled out, and then every operation allocates.
     */
    private static int vectors(Kind kind, long key, long first, float p, Vector x, Vector y, int from) {
        long block = first + from >> 1;
        long unwrapped = (1L << 32) - (block & 0xFFFFFFFFL);
        int count = (int) (Math.min(unwrapped, (y.length() - from) / 2) / L);
        float[] inputs = x.array();
        float[] outputs = y.array();
        int xOffset = x.offset() + from;
        int yOffset = y.offset() + from;
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        int k2 = Threefry.PARITY ^ k0 ^ k1;
        float kept = 1f / (1f - p);
        for (int i = 0; i < count; i++) {
            IntVector x0 = IOTA.add((int) block + i * L).add(k0);
            IntVector x1 = IntVector.broadcast(I, (int) (block >>> 32) + k1);
            int one = k1;
            int two = k2;
            int three = k0;
            for (int group = 0; group < GROUPS; group++) {
                int rotation = group % 2 * ROUNDS;
                x0 = x0.add(x1);
                x1 = mix(x0, x1, ROTATIONS[rotation]);
                x0 = x0.add(x1);
                x1 = mix(x0, x1, ROTATIONS[rotation + 1]);
                x0 = x0.add(x1);
                x1 = mix(x0, x1, ROTATIONS[rotation + 2]);
                x0 = x0.add(x1);
                x1 = mix(x0, x1, ROTATIONS[rotation + 3]);
                x0 = x0.add(one);
                x1 = x1.add(two + group + 1);
                int next = one;
                one = two;
                two = three;
                three = next;
            }
            int at = 2 * L * i;
            FloatVector even = unit(x0);
            FloatVector odd = unit(x1);
            FloatVector low = zipLow(even, odd);
            FloatVector high = zipHigh(even, odd);
            switch (kind) {
                case UNIFORM -> {
                    low.intoArray(outputs, yOffset + at);
                    high.intoArray(outputs, yOffset + at + L);
                }
                case NORMAL -> {
                    // Left for the second pass: radii from x0, angles from x1.
                    FloatVector u =
                            (FloatVector) x0.lanewise(VectorOperators.LSHR, 1).convert(VectorOperators.I2F, 0);
                    u.add(0.5f).mul(0x1p-31f).intoArray(outputs, yOffset + at);
                    unit(x1).intoArray(outputs, yOffset + at + L);
                }
                case DROPOUT -> {
                    FloatVector xLow =
                            FloatVector.fromArray(F, inputs, xOffset + at).mul(kept);
                    FloatVector xHigh =
                            FloatVector.fromArray(F, inputs, xOffset + at + L).mul(kept);
                    xLow.blend(0f, low.compare(VectorOperators.LT, p)).intoArray(outputs, yOffset + at);
                    xHigh.blend(0f, high.compare(VectorOperators.LT, p)).intoArray(outputs, yOffset + at + L);
                }
            }
        }
        if (kind == Kind.NORMAL) {
            for (int at = yOffset; at < yOffset + 2 * L * count; at += 2 * L) {
                boxMuller(outputs, at);
            }
        }
        return from + 2 * L * count;
    }

    /** Turns a vector of uniform numbers and one of angles into two vectors of normal numbers, in place. */
    private static void boxMuller(float[] y, int at) {
        FloatVector r = SimdMath.log(FloatVector.fromArray(F, y, at)).mul(-2f).sqrt();
        FloatVector angle = FloatVector.fromArray(F, y, at + L);
        FloatVector cos = r.mul(SimdMath.cosTwoPi(angle));
        FloatVector sin = r.mul(SimdMath.sinTwoPi(angle));
        zipLow(cos, sin).intoArray(y, at);
        zipHigh(cos, sin).intoArray(y, at + L);
    }

    /** The upper 24 bits as a float in [0, 1). */
    private static FloatVector unit(IntVector words) {
        return ((FloatVector) words.lanewise(VectorOperators.LSHR, 8).convert(VectorOperators.I2F, 0)).mul(0x1p-24f);
    }

    private static FloatVector zipLow(FloatVector even, FloatVector odd) {
        return even.rearrange(SPREAD_LOW).blend(odd.rearrange(SPREAD_LOW), ODD);
    }

    private static FloatVector zipHigh(FloatVector even, FloatVector odd) {
        return even.rearrange(SPREAD_HIGH).blend(odd.rearrange(SPREAD_HIGH), ODD);
    }

    private static IntVector mix(IntVector x0, IntVector x1, int rotation) {
        IntVector left = x1.lanewise(VectorOperators.LSHL, rotation);
        IntVector right = x1.lanewise(VectorOperators.LSHR, 32 - rotation);
        return left.or(right).lanewise(VectorOperators.XOR, x0);
    }
}
