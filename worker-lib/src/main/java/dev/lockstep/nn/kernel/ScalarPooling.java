package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link Pooling}: the walk over windows, and what happens to the channels of one window or input, one channel at a
 * time. The vector twin overrides the latter.
 */
class ScalarPooling implements Pooling {
    @Override
    public final void max(PoolingShape shape, Matrix x, Matrix y, int @Nullable [] winners) {
        for (int row = 0; row < x.rows(); row++) {
            for (int window = 0; window < shape.windows(); window++) {
                greatest(shape, row, window, x, y, winners);
            }
        }
    }

    @Override
    public final void maxBackward(PoolingShape shape, Matrix dy, int[] winners, Matrix dx) {
        boolean apart = shape.windowsLieApart();
        if (!apart || !shape.windowsCoverAll()) {
            fillZero(dx);
        }
        for (int row = 0; row < dy.rows(); row++) {
            for (int window = 0; window < shape.windows(); window++) {
                if (apart) {
                    give(shape, row, window, dy, winners, dx);
                } else {
                    addToWinners(shape, row, window, dy, winners, dx);
                }
            }
        }
    }

    private static void addToWinners(PoolingShape shape, int row, int window, Matrix dy, int[] winners, Matrix dx) {
        int channels = shape.channels();
        int image = dx.offset() + row * dx.stride();
        int at = row * dy.stride() + window * channels;
        for (int c = 0; c < channels; c++) {
            dx.array()[image + winners[at + c] * channels + c] += dy.array()[dy.offset() + at + c];
        }
    }

    @Override
    public final void average(PoolingShape shape, Matrix x, Matrix y) {
        int channels = shape.channels();
        for (int row = 0; row < x.rows(); row++) {
            int image = x.offset() + row * x.stride();
            for (int window = 0; window < shape.windows(); window++) {
                int to = y.offset() + row * y.stride() + window * channels;
                Arrays.fill(y.array(), to, to + channels, 0f);
                for (int i = 0; i < shape.lines(window); i++) {
                    for (int j = 0; j < shape.columns(window); j++) {
                        int place = shape.firstPlace(window) + i * shape.lineStep() + j * shape.columnStep();
                        add(channels, x.array(), image + place * channels, y.array(), to);
                    }
                }
                divide(channels, shape.lines(window) * shape.columns(window), y.array(), to);
            }
        }
    }

    @Override
    public final void averageBackward(PoolingShape shape, Matrix dy, Matrix dx) {
        int channels = shape.channels();
        fillZero(dx);
        for (int row = 0; row < dy.rows(); row++) {
            int image = dx.offset() + row * dx.stride();
            for (int window = 0; window < shape.windows(); window++) {
                int from = dy.offset() + row * dy.stride() + window * channels;
                int seen = shape.lines(window) * shape.columns(window);
                for (int i = 0; i < shape.lines(window); i++) {
                    for (int j = 0; j < shape.columns(window); j++) {
                        int place = shape.firstPlace(window) + i * shape.lineStep() + j * shape.columnStep();
                        addShare(channels, seen, dy.array(), from, dx.array(), image + place * channels);
                    }
                }
            }
        }
    }

    private static void fillZero(Matrix x) {
        Arrays.fill(x.array(), x.offset(), x.offset() + x.rows() * x.columns(), 0f);
    }

    /** The greatest inputs of one window of one row. */
    void greatest(PoolingShape shape, int row, int window, Matrix x, Matrix y, int @Nullable [] winners) {
        int channels = shape.channels();
        int image = x.offset() + row * x.stride();
        int to = row * y.stride() + window * channels;
        for (int c = 0; c < channels; c++) {
            int winner = shape.firstPlace(window);
            float best = x.array()[image + winner * channels + c];
            for (int i = 0; i < shape.lines(window); i++) {
                for (int j = 0; j < shape.columns(window); j++) {
                    int place = shape.firstPlace(window) + i * shape.lineStep() + j * shape.columnStep();
                    float v = x.array()[image + place * channels + c];
                    if (v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
                        best = v;
                        winner = place;
                    }
                }
            }
            y.array()[y.offset() + to + c] = best;
            if (winners != null) {
                winners[to + c] = winner;
            }
        }
    }

    /**
     * {@code dx = +0 + dy} at the winner and +0 at the other places of one window of one row, which shares none with
     * another.
     */
    void give(PoolingShape shape, int row, int window, Matrix dy, int[] winners, Matrix dx) {
        int channels = shape.channels();
        int image = dx.offset() + row * dx.stride();
        int from = row * dy.stride() + window * channels;
        for (int i = 0; i < shape.lines(window); i++) {
            for (int j = 0; j < shape.columns(window); j++) {
                int place = shape.firstPlace(window) + i * shape.lineStep() + j * shape.columnStep();
                for (int c = 0; c < channels; c++) {
                    float d = dy.array()[dy.offset() + from + c];
                    dx.array()[image + place * channels + c] = winners[from + c] == place ? 0f + d : 0f;
                }
            }
        }
    }

    /** {@code y = y + x}. */
    void add(int channels, float[] x, int xOffset, float[] y, int yOffset) {
        for (int c = 0; c < channels; c++) {
            y[yOffset + c] += x[xOffset + c];
        }
    }

    /** {@code y = y / divisor}. */
    void divide(int channels, float divisor, float[] y, int yOffset) {
        for (int c = 0; c < channels; c++) {
            y[yOffset + c] /= divisor;
        }
    }

    /** {@code y = y + x / divisor}. */
    void addShare(int channels, float divisor, float[] x, int xOffset, float[] y, int yOffset) {
        for (int c = 0; c < channels; c++) {
            y[yOffset + c] += x[xOffset + c] / divisor;
        }
    }
}
