package dev.lockstep.nn.kernel;

import java.util.Arrays;

/**
 * {@link Pooling}: the walk over windows, and what happens to the channels of one input, one channel at a time. The
 * vector twin overrides the latter.
 */
class ScalarPooling implements Pooling {
    @Override
    public final void max(PoolingShape shape, int rows, float[] x, int xOffset, float[] y, int yOffset, int[] winners) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int channels = shape.channels();
        int lineStep = vertical.dilation() * horizontal.input();
        int to = yOffset;
        int winnersAt = 0;
        for (int row = 0; row < rows; row++) {
            int image = xOffset + row * shape.inputSize();
            for (int oh = 0; oh < vertical.output(); oh++) {
                int down = seen(vertical, oh);
                int line = firstSeen(vertical, oh) * horizontal.input();
                for (int ow = 0; ow < horizontal.output(); ow++) {
                    int place = line + firstSeen(horizontal, ow);
                    int across = seen(horizontal, ow);
                    int step = horizontal.dilation();
                    greatest(channels, x, image, place, down, lineStep, across, step, y, to, winners, winnersAt);
                    to += channels;
                    winnersAt += channels;
                }
            }
        }
    }

    @Override
    public final void maxBackward(
            PoolingShape shape, int rows, float[] dy, int dyOffset, int[] winners, float[] dx, int dxOffset) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int channels = shape.channels();
        boolean apart = apart(vertical) && apart(horizontal);
        if (!apart || !covering(vertical) || !covering(horizontal)) {
            Arrays.fill(dx, dxOffset, dxOffset + rows * shape.inputSize(), 0f);
        }
        int lineStep = vertical.dilation() * horizontal.input();
        int from = dyOffset;
        int winnersAt = 0;
        for (int row = 0; row < rows; row++) {
            int image = dxOffset + row * shape.inputSize();
            for (int oh = 0; oh < vertical.output(); oh++) {
                int down = seen(vertical, oh);
                int line = firstSeen(vertical, oh) * horizontal.input();
                for (int ow = 0; ow < horizontal.output(); ow++) {
                    if (apart) {
                        int place = line + firstSeen(horizontal, ow);
                        int across = seen(horizontal, ow);
                        int step = horizontal.dilation();
                        give(channels, dy, from, winners, winnersAt, dx, image, place, down, lineStep, across, step);
                    } else {
                        for (int c = 0; c < channels; c++) {
                            dx[image + winners[winnersAt + c] * channels + c] += dy[from + c];
                        }
                    }
                    from += channels;
                    winnersAt += channels;
                }
            }
        }
    }

    /** Whether no input is seen by two windows. */
    private static boolean apart(WindowAxis axis) {
        return axis.output() == 1 || axis.dilation() == 1 && axis.kernel() <= axis.stride();
    }

    /** Whether every input is seen by a window. */
    private static boolean covering(WindowAxis axis) {
        int end = axis.first(axis.output() - 1) + axis.kernel();
        return axis.dilation() == 1 && axis.kernel() >= axis.stride() && end >= axis.input();
    }

    @Override
    public final void average(PoolingShape shape, int rows, float[] x, int xOffset, float[] y, int yOffset) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int channels = shape.channels();
        int to = yOffset;
        for (int row = 0; row < rows; row++) {
            int image = xOffset + row * shape.inputSize();
            for (int oh = 0; oh < vertical.output(); oh++) {
                for (int ow = 0; ow < horizontal.output(); ow++) {
                    Arrays.fill(y, to, to + channels, 0f);
                    for (int kh = vertical.kernelFrom(oh); kh < vertical.kernelTo(oh); kh++) {
                        int line = (vertical.first(oh) + kh * vertical.dilation()) * horizontal.input();
                        for (int kw = horizontal.kernelFrom(ow); kw < horizontal.kernelTo(ow); kw++) {
                            int place = line + horizontal.first(ow) + kw * horizontal.dilation();
                            add(channels, x, image + place * channels, y, to);
                        }
                    }
                    divide(channels, seen(vertical, oh) * seen(horizontal, ow), y, to);
                    to += channels;
                }
            }
        }
    }

    @Override
    public final void averageBackward(
            PoolingShape shape, int rows, float[] dy, int dyOffset, float[] dx, int dxOffset) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int channels = shape.channels();
        Arrays.fill(dx, dxOffset, dxOffset + rows * shape.inputSize(), 0f);
        int from = dyOffset;
        for (int row = 0; row < rows; row++) {
            int image = dxOffset + row * shape.inputSize();
            for (int oh = 0; oh < vertical.output(); oh++) {
                for (int ow = 0; ow < horizontal.output(); ow++) {
                    int seen = seen(vertical, oh) * seen(horizontal, ow);
                    for (int kh = vertical.kernelFrom(oh); kh < vertical.kernelTo(oh); kh++) {
                        int line = (vertical.first(oh) + kh * vertical.dilation()) * horizontal.input();
                        for (int kw = horizontal.kernelFrom(ow); kw < horizontal.kernelTo(ow); kw++) {
                            int place = line + horizontal.first(ow) + kw * horizontal.dilation();
                            addShare(channels, seen, dy, from, dx, image + place * channels);
                        }
                    }
                    from += channels;
                }
            }
        }
    }

    private static int seen(WindowAxis axis, int out) {
        return axis.kernelTo(out) - axis.kernelFrom(out);
    }

    private static int firstSeen(WindowAxis axis, int out) {
        return axis.first(out) + axis.kernelFrom(out) * axis.dilation();
    }

    /**
     * The greatest inputs of one window.
     *
     * @param x the inputs of place p at {@code image + p * channels}
     * @param place the first place of the window
     * @param down lines of the window, {@code lineStep} places apart
     * @param across places of a line, {@code step} places apart
     * @param winners may be null
     */
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
        for (int c = 0; c < channels; c++) {
            int winner = place;
            float best = x[image + place * channels + c];
            for (int i = 0; i < down; i++) {
                for (int j = 0; j < across; j++) {
                    int at = place + i * lineStep + j * step;
                    float v = x[image + at * channels + c];
                    if (v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
                        best = v;
                        winner = at;
                    }
                }
            }
            y[yOffset + c] = best;
            if (winners != null) {
                winners[winnersOffset + c] = winner;
            }
        }
    }

    /**
     * {@code dx = +0 + dy} at the winner and +0 at the other places of a window that shares none with another; see
     * {@link #greatest}.
     */
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
        for (int i = 0; i < down; i++) {
            for (int j = 0; j < across; j++) {
                int at = place + i * lineStep + j * step;
                for (int c = 0; c < channels; c++) {
                    dx[image + at * channels + c] = winners[winnersOffset + c] == at ? 0f + dy[dyOffset + c] : 0f;
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
