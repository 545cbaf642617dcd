package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link CompressionKernels} on vectors; what remains of a range is left to the scalar twin. */
final class SimdCompressionKernels extends ScalarCompressionKernels {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final VectorSpecies<Integer> I = Lanes.INTS;
    private static final VectorSpecies<Short> S = Lanes.HALF_SHORTS;
    private static final int L = F.length();

    @Override
    public void roundBfloat16(float[] x, int xOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            bfloat16(x, xOffset + i)
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(x, xOffset + i);
        }
        super.roundBfloat16(x, xOffset + bound, length - bound);
    }

    @Override
    public void toBfloat16(float[] x, int xOffset, short[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            store(bfloat16(x, xOffset + i), y, yOffset + i);
        }
        super.toBfloat16(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    private static IntVector bfloat16(float[] x, int at) {
        IntVector bits = bits(x, at);
        IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
        return bits.add(odd)
                .add(0x7FFF)
                .lanewise(VectorOperators.LSHR, 16)
                .blend(BFLOAT16_NAN, bits.and(MAGNITUDE).compare(VectorOperators.GT, INFINITY));
    }

    @Override
    public void fromBfloat16(short[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            load(x, xOffset + i)
                    .lanewise(VectorOperators.LSHL, 16)
                    .reinterpretAsFloats()
                    .intoArray(y, yOffset + i);
        }
        super.fromBfloat16(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void roundFloat16(float[] x, int xOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            fromFloat16(float16(x, xOffset + i)).intoArray(x, xOffset + i);
        }
        super.roundFloat16(x, xOffset + bound, length - bound);
    }

    @Override
    public void toFloat16(float[] x, int xOffset, short[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            store(float16(x, xOffset + i), y, yOffset + i);
        }
        super.toFloat16(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    private static IntVector float16(float[] x, int at) {
        IntVector bits = bits(x, at);
        IntVector magnitude = bits.and(MAGNITUDE);
        IntVector sign = bits.lanewise(VectorOperators.LSHR, 16).and(FLOAT16_SIGN);
        IntVector odd = magnitude.lanewise(VectorOperators.LSHR, FLOAT16_SHIFT).and(1);
        IntVector normal =
                magnitude.sub(FLOAT16_BIAS).add(0xFFF).add(odd).lanewise(VectorOperators.LSHR, FLOAT16_SHIFT);
        IntVector subnormal = magnitude
                .reinterpretAsFloats()
                .add(FLOAT16_ROUNDER)
                .reinterpretAsInts()
                .sub(Float.floatToRawIntBits(FLOAT16_ROUNDER));
        return normal.blend(subnormal, magnitude.compare(VectorOperators.LT, FLOAT16_NORMAL))
                .blend(FLOAT16_INFINITY, magnitude.compare(VectorOperators.GE, FLOAT16_OVERFLOW))
                .or(sign)
                .blend(FLOAT16_NAN, magnitude.compare(VectorOperators.GT, INFINITY));
    }

    @Override
    public void fromFloat16(short[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            fromFloat16(load(x, xOffset + i)).intoArray(y, yOffset + i);
        }
        super.fromFloat16(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    private static FloatVector fromFloat16(IntVector bits) {
        IntVector sign = bits.and(FLOAT16_SIGN).lanewise(VectorOperators.LSHL, 16);
        IntVector magnitude = bits.and(FLOAT16_SIGN - 1).lanewise(VectorOperators.LSHL, FLOAT16_SHIFT);
        IntVector normal = magnitude.add(FLOAT16_BIAS);
        IntVector subnormal = magnitude
                .add(FLOAT16_NORMAL)
                .reinterpretAsFloats()
                .sub(Float.intBitsToFloat(FLOAT16_NORMAL))
                .reinterpretAsInts();
        return normal.blend(subnormal, magnitude.compare(VectorOperators.LT, FLOAT16_NORMAL - FLOAT16_BIAS))
                .blend(
                        normal.add(FLOAT16_BIAS),
                        magnitude.compare(VectorOperators.GE, FLOAT16_INFINITY << FLOAT16_SHIFT))
                .or(sign)
                .reinterpretAsFloats();
    }

    @Override
    void add(float[] x, int xOffset, float[] rest, int restOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector.fromArray(F, x, xOffset + i)
                    .add(FloatVector.fromArray(F, rest, restOffset + i))
                    .intoArray(x, xOffset + i);
        }
        super.add(x, xOffset + bound, rest, restOffset + bound, length - bound);
    }

    @Override
    void count(float[] x, int xOffset, int length, int level, int begin, int[] counts) {
        int known = known(level);
        int bound = begin == 0 ? 0 : F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            // Once a digit is known few elements agree with it.
            IntVector head = magnitude(x, xOffset + i).lanewise(VectorOperators.LSHR, known);
            if (head.compare(VectorOperators.EQ, begin >>> known).anyTrue()) {
                super.count(x, xOffset + i, L, level, begin, counts);
            }
        }
        super.count(x, xOffset + bound, length - bound, level, begin, counts);
    }

    @Override
    int divide(float[] x, int xOffset, float[] rest, int restOffset, int length, int threshold, int ties) {
        int left = ties;
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector value = FloatVector.fromArray(F, x, xOffset + i);
            IntVector magnitude = magnitude(x, xOffset + i);
            if (left > 0 && magnitude.compare(VectorOperators.EQ, threshold).anyTrue()) {
                left = super.divide(x, xOffset + i, rest, restOffset + i, L, threshold, left);
            } else {
                VectorMask<Float> kept =
                        magnitude.compare(VectorOperators.GT, threshold).cast(F);
                FloatVector zero = FloatVector.zero(F);
                zero.blend(value, kept).intoArray(x, xOffset + i);
                value.blend(zero, kept).intoArray(rest, restOffset + i);
            }
        }
        return super.divide(x, xOffset + bound, rest, restOffset + bound, length - bound, threshold, left);
    }

    private static IntVector bits(float[] x, int at) {
        return FloatVector.fromArray(F, x, at).reinterpretAsInts();
    }

    private static IntVector magnitude(float[] x, int at) {
        return bits(x, at).and(MAGNITUDE).min(NAN);
    }

    private static void store(IntVector bits, short[] y, int at) {
        ((ShortVector) bits.convertShape(VectorOperators.I2S, S, 0)).intoArray(y, at);
    }

    /** The bits of 16-bit floats, with whatever above them. */
    private static IntVector load(short[] x, int at) {
        return (IntVector) ShortVector.fromArray(S, x, at).convertShape(VectorOperators.S2I, I, 0);
    }
}
