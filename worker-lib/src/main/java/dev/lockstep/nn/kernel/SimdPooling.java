package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Pooling} with the channels of an input side by side; those that fill no vector are left to the scalar twin. */
final class SimdPooling extends ScalarPooling {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final VectorSpecies<Integer> I = Lanes.INTS;
    private static final int L = F.length();

    @Override
    void challenge(
            int channels, int place, float[] x, int xOffset, float[] y, int yOffset, int[] winners, int winnersOffset) {
        int bound = F.loopBound(channels);
        for (int c = 0; c < bound; c += L) {
            FloatVector v = FloatVector.fromArray(F, x, xOffset + c);
            FloatVector best = FloatVector.fromArray(F, y, yOffset + c);
            VectorMask<Float> isNumber = best.compare(VectorOperators.EQ, best);
            VectorMask<Float> wins = v.compare(VectorOperators.GT, best)
                    .or(v.compare(VectorOperators.NE, v).and(isNumber));
            best.blend(v, wins).intoArray(y, yOffset + c);
            IntVector.fromArray(I, winners, winnersOffset + c)
                    .blend(place, wins.cast(I))
                    .intoArray(winners, winnersOffset + c);
        }
        super.challenge(
                channels - bound, place, x, xOffset + bound, y, yOffset + bound, winners, winnersOffset + bound);
    }

    @Override
    void add(int channels, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = F.loopBound(channels);
        for (int c = 0; c < bound; c += L) {
            FloatVector.fromArray(F, y, yOffset + c)
                    .add(FloatVector.fromArray(F, x, xOffset + c))
                    .intoArray(y, yOffset + c);
        }
        super.add(channels - bound, x, xOffset + bound, y, yOffset + bound);
    }

    @Override
    void divide(int channels, float divisor, float[] y, int yOffset) {
        int bound = F.loopBound(channels);
        for (int c = 0; c < bound; c += L) {
            FloatVector.fromArray(F, y, yOffset + c).div(divisor).intoArray(y, yOffset + c);
        }
        super.divide(channels - bound, divisor, y, yOffset + bound);
    }

    @Override
    void addShare(int channels, float divisor, float[] x, int xOffset, float[] y, int yOffset) {
        int bound = F.loopBound(channels);
        for (int c = 0; c < bound; c += L) {
            FloatVector share = FloatVector.fromArray(F, x, xOffset + c).div(divisor);
            FloatVector.fromArray(F, y, yOffset + c).add(share).intoArray(y, yOffset + c);
        }
        super.addShare(channels - bound, divisor, x, xOffset + bound, y, yOffset + bound);
    }
}
