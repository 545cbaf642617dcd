package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Pooling} with the channels of an input side by side. Channels that fill no vector are left to the scalar twin;
 * of maxima, only where there are fewer than a vector has lanes: a last vector overlaps the one before it.
 *
 * <p>Winners travel as the bits of float vectors: that way they are blended by the masks that compare floats, which C2
 * of JDK 17 converts slowly.
 */
final class SimdPooling extends ScalarPooling {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final VectorSpecies<Integer> I = Lanes.INTS;
    private static final int L = F.length();

    @Override
    void greatest(
            int channels,
            float[] x,
            int image,
            int place,
            int down,
            int lineStep,
            int across,
            int step,
            float[] y,
            int yOffset,
            int[] winners,
            int winnersOffset) {
        if (channels < L) {
            super.greatest(channels, x, image, place, down, lineStep, across, step, y, yOffset, winners, winnersOffset);
            return;
        }
        if (down == 2 && across == 2) {
            greatestOfFour(channels, x, image, place, lineStep, step, y, yOffset, winners, winnersOffset);
            return;
        }
        int taps = down * across;
        int jump = lineStep - (across - 1) * step;
        for (int next = 0; next < channels; next += L) {
            int c = Math.min(next, channels - L);
            int at = place;
            FloatVector best = FloatVector.fromArray(F, x, image + at * channels + c);
            FloatVector winner = bits(at);
            for (int tap = 1, column = 1; tap < taps; tap++, column++) {
                if (column == across) {
                    column = 0;
                    at += jump;
                } else {
                    at += step;
                }
                FloatVector v = FloatVector.fromArray(F, x, image + at * channels + c);
                VectorMask<Float> less = v.compare(VectorOperators.LE, best);
                VectorMask<Float> decided = best.compare(VectorOperators.NE, best);
                winner = bits(at).blend(winner, less).blend(winner, decided);
                best = v.blend(best, less).blend(best, decided);
            }
            best.intoArray(y, yOffset + c);
            if (winners != null) {
                winner.reinterpretAsInts().intoArray(winners, winnersOffset + c);
            }
        }
    }

    /** The same for the commonest window, two by two. */
    private static void greatestOfFour(
            int channels,
            float[] x,
            int image,
            int place,
            int lineStep,
            int step,
            float[] y,
            int yOffset,
            int[] winners,
            int winnersOffset) {
        int from = image + place * channels;
        int right = step * channels;
        int below = lineStep * channels;
        for (int next = 0; next < channels; next += L) {
            int c = Math.min(next, channels - L);
            FloatVector best = FloatVector.fromArray(F, x, from + c);
            FloatVector v = FloatVector.fromArray(F, x, from + right + c);
            VectorMask<Float> less = v.compare(VectorOperators.LE, best);
            VectorMask<Float> decided = best.compare(VectorOperators.NE, best);
            FloatVector winner = bits(place + step).blend(bits(place), less).blend(bits(place), decided);
            best = v.blend(best, less).blend(best, decided);
            v = FloatVector.fromArray(F, x, from + below + c);
            less = v.compare(VectorOperators.LE, best);
            decided = best.compare(VectorOperators.NE, best);
            winner = bits(place + lineStep).blend(winner, less).blend(winner, decided);
            best = v.blend(best, less).blend(best, decided);
            v = FloatVector.fromArray(F, x, from + below + right + c);
            less = v.compare(VectorOperators.LE, best);
            decided = best.compare(VectorOperators.NE, best);
            winner = bits(place + lineStep + step).blend(winner, less).blend(winner, decided);
            v.blend(best, less).blend(best, decided).intoArray(y, yOffset + c);
            if (winners != null) {
                winner.reinterpretAsInts().intoArray(winners, winnersOffset + c);
            }
        }
    }

    private static FloatVector bits(int value) {
        return IntVector.broadcast(I, value).reinterpretAsFloats();
    }

    @Override
    void give(
            int channels,
            float[] dy,
            int dyOffset,
            int[] winners,
            int winnersOffset,
            float[] dx,
            int image,
            int place,
            int down,
            int lineStep,
            int across,
            int step) {
        if (channels < L) {
            super.give(channels, dy, dyOffset, winners, winnersOffset, dx, image, place, down, lineStep, across, step);
            return;
        }
        for (int next = 0; next < channels; next += L) {
            int c = Math.min(next, channels - L);
            IntVector winner = IntVector.fromArray(I, winners, winnersOffset + c);
            IntVector d = FloatVector.fromArray(F, dy, dyOffset + c).add(0f).reinterpretAsInts();
            IntVector none = IntVector.zero(I);
            for (int i = 0; i < down; i++) {
                int at = place + i * lineStep;
                for (int j = 0; j < across; j++, at += step) {
                    none.blend(d, winner.compare(VectorOperators.EQ, at))
                            .reinterpretAsFloats()
                            .intoArray(dx, image + at * channels + c);
                }
            }
        }
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
