package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

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
    void greatest(PoolingShape shape, int row, int window, Matrix x, Matrix y, int @Nullable [] winners) {
        int channels = shape.channels();
        if (channels < L) {
            super.greatest(shape, row, window, x, y, winners);
            return;
        }
        int lines = shape.lines(window);
        int columns = shape.columns(window);
        if (lines == 2 && columns == 2) {
            greatestOfFour(shape, row, window, x, y, winners);
            return;
        }
        float[] inputs = x.array();
        float[] outputs = y.array();
        int image = x.offset() + row * x.stride();
        int to = row * y.stride() + window * channels;
        int taps = lines * columns;
        int step = shape.columnStep();
        int jump = shape.lineStep() - (columns - 1) * step;
        for (int next = 0; next < channels; next += L) {
            int c = Math.min(next, channels - L);
            int at = shape.firstPlace(window);
            FloatVector best = FloatVector.fromArray(F, inputs, image + at * channels + c);
            FloatVector winner = bits(at);
            for (int tap = 1, column = 1; tap < taps; tap++, column++) {
                if (column == columns) {
                    column = 0;
                    at += jump;
                } else {
                    at += step;
                }
                FloatVector v = FloatVector.fromArray(F, inputs, image + at * channels + c);
                VectorMask<Float> less = v.compare(VectorOperators.LE, best);
                VectorMask<Float> decided = best.compare(VectorOperators.NE, best);
                winner = bits(at).blend(winner, less).blend(winner, decided);
                best = v.blend(best, less).blend(best, decided);
            }
            best.intoArray(outputs, y.offset() + to + c);
            if (winners != null) {
                winner.reinterpretAsInts().intoArray(winners, to + c);
            }
        }
    }

    /** The same for the commonest window, two by two. */
    private static void greatestOfFour(
            PoolingShape shape, int row, int window, Matrix x, Matrix y, int @Nullable [] winners) {
        float[] inputs = x.array();
        float[] outputs = y.array();
        int channels = shape.channels();
        int lineStep = shape.lineStep();
        int step = shape.columnStep();
        int place = shape.firstPlace(window);
        int from = x.offset() + row * x.stride() + place * channels;
        int to = row * y.stride() + window * channels;
        int right = step * channels;
        int below = lineStep * channels;
        for (int next = 0; next < channels; next += L) {
            int c = Math.min(next, channels - L);
            FloatVector best = FloatVector.fromArray(F, inputs, from + c);
            FloatVector v = FloatVector.fromArray(F, inputs, from + right + c);
            VectorMask<Float> less = v.compare(VectorOperators.LE, best);
            VectorMask<Float> decided = best.compare(VectorOperators.NE, best);
            FloatVector winner = bits(place + step).blend(bits(place), less).blend(bits(place), decided);
            best = v.blend(best, less).blend(best, decided);
            v = FloatVector.fromArray(F, inputs, from + below + c);
            less = v.compare(VectorOperators.LE, best);
            decided = best.compare(VectorOperators.NE, best);
            winner = bits(place + lineStep).blend(winner, less).blend(winner, decided);
            best = v.blend(best, less).blend(best, decided);
            v = FloatVector.fromArray(F, inputs, from + below + right + c);
            less = v.compare(VectorOperators.LE, best);
            decided = best.compare(VectorOperators.NE, best);
            winner = bits(place + lineStep + step).blend(winner, less).blend(winner, decided);
            v.blend(best, less).blend(best, decided).intoArray(outputs, y.offset() + to + c);
            if (winners != null) {
                winner.reinterpretAsInts().intoArray(winners, to + c);
            }
        }
    }

    private static FloatVector bits(int value) {
        return IntVector.broadcast(I, value).reinterpretAsFloats();
    }

    @Override
    void give(PoolingShape shape, int row, int window, Matrix dy, int[] winners, Matrix dx) {
        int channels = shape.channels();
        if (channels < L) {
            super.give(shape, row, window, dy, winners, dx);
            return;
        }
        float[] gradients = dy.array();
        float[] inputGradients = dx.array();
        int lines = shape.lines(window);
        int columns = shape.columns(window);
        int lineStep = shape.lineStep();
        int step = shape.columnStep();
        int first = shape.firstPlace(window);
        int image = dx.offset() + row * dx.stride();
        int from = row * dy.stride() + window * channels;
        int gradientOffset = dy.offset() + from;
        for (int next = 0; next < channels; next += L) {
            int c = Math.min(next, channels - L);
            IntVector winner = IntVector.fromArray(I, winners, from + c);
            IntVector d = FloatVector.fromArray(F, gradients, gradientOffset + c)
                    .add(0f)
                    .reinterpretAsInts();
            IntVector none = IntVector.zero(I);
            for (int i = 0; i < lines; i++) {
                int at = first + i * lineStep;
                for (int j = 0; j < columns; j++, at += step) {
                    none.blend(d, winner.compare(VectorOperators.EQ, at))
                            .reinterpretAsFloats()
                            .intoArray(inputGradients, image + at * channels + c);
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
