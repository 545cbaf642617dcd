package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Elementwise} on vectors; what remains of a range is left to the scalar twin. */
public final class SimdElementwise extends ScalarElementwise {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /** Elements that are looked at between two decisions in {@link #firstNonFinite}. */
    private static final int SCAN = 1024;

    @Override
    public void fill(float[] x, int xOffset, int length, float value) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector.broadcast(F, value).intoArray(x, xOffset + i);
        }
        super.fill(x, xOffset + bound, length - bound, value);
    }

    @Override
    public void add(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            load(x, xOffset + i).add(load(y, yOffset + i)).intoArray(z, zOffset + i);
        }
        super.add(x, xOffset + bound, y, yOffset + bound, z, zOffset + bound, length - bound);
    }

    @Override
    public void subtract(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            load(x, xOffset + i).sub(load(y, yOffset + i)).intoArray(z, zOffset + i);
        }
        super.subtract(x, xOffset + bound, y, yOffset + bound, z, zOffset + bound, length - bound);
    }

    @Override
    public void multiply(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            load(x, xOffset + i).mul(load(y, yOffset + i)).intoArray(z, zOffset + i);
        }
        super.multiply(x, xOffset + bound, y, yOffset + bound, z, zOffset + bound, length - bound);
    }

    @Override
    public void multiplyAdd(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            load(x, xOffset + i).fma(load(y, yOffset + i), load(z, zOffset + i)).intoArray(z, zOffset + i);
        }
        super.multiplyAdd(x, xOffset + bound, y, yOffset + bound, z, zOffset + bound, length - bound);
    }

    @Override
    public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector.broadcast(F, alpha)
                    .fma(load(x, xOffset + i), load(y, yOffset + i))
                    .intoArray(y, yOffset + i);
        }
        super.axpy(alpha, x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void scale(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            load(x, xOffset + i).mul(alpha).intoArray(y, yOffset + i);
        }
        super.scale(alpha, x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void mergeMean(float[] a, int aOffset, float[] b, int bOffset, int length, float weight) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(a, aOffset + i);
            load(b, bOffset + i).sub(v).fma(FloatVector.broadcast(F, weight), v).intoArray(a, aOffset + i);
        }
        super.mergeMean(a, aOffset + bound, b, bOffset + bound, length - bound, weight);
    }

    @Override
    public int firstNonFinite(float[] x, int xOffset, int length) {
        int bound = F.loopBound(length);
        for (int from = 0; from < bound; from += SCAN) {
            int to = Math.min(from + SCAN, bound);
            // 0 times a finite number is a zero, 0 times any other NaN.
            FloatVector zeros = FloatVector.zero(F);
            for (int i = from; i < to; i += L) {
                zeros = load(x, xOffset + i).fma(FloatVector.zero(F), zeros);
            }
            if (zeros.compare(VectorOperators.NE, 0f).anyTrue()) {
                return from + super.firstNonFinite(x, xOffset + from, to - from);
            }
        }
        int rest = super.firstNonFinite(x, xOffset + bound, length - bound);
        return rest < 0 ? rest : bound + rest;
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F, x, at);
    }
}
