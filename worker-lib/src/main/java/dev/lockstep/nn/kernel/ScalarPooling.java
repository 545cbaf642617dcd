package dev.lockstep.nn.kernel;

import java.util.Arrays;

/**
 * {@link Pooling}: the walk over windows, and what happens to the channels of one input, one channel at a time. The vector twin
 * overrides the latter.
 */
class ScalarPooling implements Pooling {
    @Override
    public final void max(PoolingShape shape, int rows, float[] x, int xOffset, float[] y, int yOffset, int[] winners) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int channels = shape.channels();
        int to = yOffset;
        int winnersAt = 0;
        for (int row = 0; row < rows; row++) {
            int image = xOffset + row * shape.inputSize();
            for (int oh = 0; oh < vertical.output(); oh++) {
                for (int ow = 0; ow < horizontal.output(); ow++) {
                    boolean begun = false;
                    for (int kh = vertical.kernelFrom(oh); kh < vertical.kernelTo(oh); kh++) {
                        int line = (vertical.first(oh) + kh * vertical.dilation()) * horizontal.input();
                        for (int kw = horizontal.kernelFrom(ow); kw < horizontal.kernelTo(ow); kw++) {
                            int place = line + horizontal.first(ow) + kw * horizontal.dilation();
                            int from = image + place * channels;
                            if (begun) {
                                challenge(channels, place, x, from, y, to, winners, winnersAt);
                            } else {
                                System.arraycopy(x, from, y, to, channels);
                                Arrays.fill(winners, winnersAt, winnersAt + channels, place);
                                begun = true;
                            }
                        }
                    }
                    to += channels;
                    winnersAt += channels;
                }
            }
        }
    }

    @Override
    public final void maxBackward(
            PoolingShape shape, int rows, float[] dy, int dyOffset, int[] winners, float[] dx, int dxOffset) {
        int channels = shape.channels();
        int outputs = shape.outputSize();
        Arrays.fill(dx, dxOffset, dxOffset + rows * shape.inputSize(), 0f);
        for (int row = 0; row < rows; row++) {
            int image = dxOffset + row * shape.inputSize();
            int from = dyOffset + row * outputs;
            int winnersAt = row * outputs;
            for (int i = 0; i < outputs; i += channels) {
                for (int c = 0; c < channels; c++) {
                    dx[image + winners[winnersAt + i + c] * channels + c] += dy[from + i + c];
                }
            }
        }
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

    /** {@code if (x > y, or x is NaN and y is not) y = x, winner = place}. */
    void challenge(
            int channels, int place, float[] x, int xOffset, float[] y, int yOffset, int[] winners, int winnersOffset) {
        for (int c = 0; c < channels; c++) {
            float v = x[xOffset + c];
            float best = y[yOffset + c];
            if (v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
                y[yOffset + c] = v;
                winners[winnersOffset + c] = place;
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
