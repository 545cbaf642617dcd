package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Softmax} with its steps on vectors; what remains of a range is left to the scalar twin. */
final class SimdSoftmax extends ScalarSoftmax {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    SimdSoftmax(Reductions reductions) {
        super(reductions);
    }

    @Override
    float greatest(float[] x, int xOffset, int length) {
        if (length < L) {
            return super.greatest(x, xOffset, length);
        }
        int bound = F.loopBound(length);
        FloatVector greatest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            greatest = greatest.blend(v, v.compare(VectorOperators.GT, greatest));
        }
        // Not a rounding operation: any order of lanes gives the same number.
        float lanes = greatest.reduceLanes(VectorOperators.MAX);
        float rest = super.greatest(x, xOffset + bound, length - bound);
        return rest > lanes ? rest : lanes;
    }

    @Override
    void exponentials(float[] x, int xOffset, float m, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            SimdMath.exp(load(x, xOffset + i).sub(m)).intoArray(y, yOffset + i);
        }
        super.exponentials(x, xOffset + bound, m, y, yOffset + bound, length - bound);
    }

    @Override
    void divide(float[] y, int yOffset, int length, float s) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            load(y, yOffset + i).div(s).intoArray(y, yOffset + i);
        }
        super.divide(y, yOffset + bound, length - bound, s);
    }

    @Override
    void backward(float[] y, int yOffset, float[] dy, int dyOffset, int length, float d) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            load(y, yOffset + i).mul(load(dy, dyOffset + i).sub(d)).intoArray(dy, dyOffset + i);
        }
        super.backward(y, yOffset + bound, dy, dyOffset + bound, length - bound, d);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F, x, at);
    }
}
