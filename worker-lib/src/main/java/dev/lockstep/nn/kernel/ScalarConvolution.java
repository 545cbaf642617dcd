package dev.lockstep.nn.kernel;

import java.util.Arrays;

/**
 * {@link Convolution} in plain Java: at each place of a window one line of chains side by side, so that the inner loop
 * runs along contiguous memory and a compiler may vectorise it.
 */
final class ScalarConvolution implements Convolution {
    private final SegmentTree tree = new SegmentTree();
    private float[] transposed = new float[0];
    private float[] stack = new float[0];

    @Override
    public void forward(
            ConvolutionShape shape,
            int rows,
            float[] x,
            int xOffset,
            float[] w,
            int wOffset,
            float[] y,
            int yOffset,
            Epilogue epilogue,
            float[] bias,
            int biasOffset) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int filters = shape.filters();
        int out = yOffset;
        for (int row = 0; row < rows; row++) {
            int image = xOffset + row * shape.inputSize();
            for (int oh = 0; oh < vertical.output(); oh++) {
                for (int ow = 0; ow < horizontal.output(); ow++) {
                    Arrays.fill(y, out, out + filters, 0f);
                    int lines = wOffset;
                    for (int kh = 0; kh < vertical.kernel(); kh++) {
                        int h = vertical.first(oh) + kh * vertical.dilation();
                        for (int kw = 0; kw < horizontal.kernel(); kw++) {
                            int place = place(shape, h, horizontal.first(ow) + kw * horizontal.dilation());
                            int from = place < 0 ? -1 : image + place * shape.channels();
                            addPlace(shape, x, from, w, lines, y, out);
                            lines += shape.groupChannels() * filters;
                        }
                    }
                    finish(epilogue, filters, y, out, bias, biasOffset);
                    out += filters;
                }
            }
        }
    }

    private static void finish(Epilogue epilogue, int filters, float[] y, int yOffset, float[] bias, int biasOffset) {
        if (epilogue == Epilogue.OVERWRITE) {
            return;
        }
        for (int f = 0; f < filters; f++) {
            float sum = y[yOffset + f] + bias[biasOffset + f];
            y[yOffset + f] = epilogue == Epilogue.BIAS_RELU && sum < 0f ? 0f : sum;
        }
    }

    /** Where a place of an image lies among its places, or -1 if it is padding. */
    private static int place(ConvolutionShape shape, int h, int w) {
        boolean inside = h >= 0
                && h < shape.vertical().input()
                && w >= 0
                && w < shape.horizontal().input();
        return inside ? h * shape.horizontal().input() + w : -1;
    }

    /** {@code y[f] = fma(x[c], w[c][f], y[f])} for the channels c that f sees; x is all +0 if {@code xOffset} is -1. */
    private static void addPlace(
            ConvolutionShape shape, float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
        int channels = shape.groupChannels();
        int filters = shape.groupFilters();
        for (int group = 0; group < shape.groups(); group++) {
            int first = group * filters;
            for (int c = 0; c < channels; c++) {
                float factor = xOffset < 0 ? 0f : x[xOffset + group * channels + c];
                multiplyAdd(filters, factor, w, wOffset + c * shape.filters() + first, y, yOffset + first);
            }
        }
    }

    @Override
    public void inputGradient(
            ConvolutionShape shape,
            int rows,
            float[] dy,
            int dyOffset,
            float[] w,
            int wOffset,
            float[] dx,
            int dxOffset) {
        transpose(shape, w, wOffset);
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        Arrays.fill(dx, dxOffset, dxOffset + rows * shape.inputSize(), 0f);
        int out = dxOffset;
        for (int row = 0; row < rows; row++) {
            int image = dyOffset + row * shape.outputSize();
            for (int h = 0; h < vertical.input(); h++) {
                for (int x = 0; x < horizontal.input(); x++) {
                    for (int kh = vertical.kernel() - 1; kh >= 0; kh--) {
                        int oh = windowWith(vertical, h, kh);
                        if (oh < 0 || oh >= vertical.output()) {
                            continue;
                        }
                        for (int kw = horizontal.kernel() - 1; kw >= 0; kw--) {
                            if ((x + horizontal.padding() - kw * horizontal.dilation()) % horizontal.stride() != 0) {
                                continue;
                            }
                            int ow = windowWith(horizontal, x, kw);
                            boolean inside = ow >= 0 && ow < horizontal.output();
                            int from = inside ? image + (oh * horizontal.output() + ow) * shape.filters() : -1;
                            addPlaceBack(shape, dy, from, kh * horizontal.kernel() + kw, dx, out);
                        }
                    }
                    out += shape.channels();
                }
            }
        }
    }

    /** The window that sees an input at its place k, or -1 if there is none with a number from 0. */
    private static int windowWith(WindowAxis axis, int input, int k) {
        int distance = input + axis.padding() - k * axis.dilation();
        return distance >= 0 && distance % axis.stride() == 0 ? distance / axis.stride() : -1;
    }

    /** Makes the weights of each place and group a matrix [filters, channels]. */
    private void transpose(ConvolutionShape shape, float[] w, int wOffset) {
        transposed = Buffers.atLeast(transposed, shape.weights());
        int channels = shape.groupChannels();
        int filters = shape.filters();
        for (int tap = 0; tap < shape.taps(); tap++) {
            int at = tap * channels * filters;
            for (int c = 0; c < channels; c++) {
                for (int f = 0; f < filters; f++) {
                    transposed[at + f * channels + c] = w[wOffset + at + c * filters + f];
                }
            }
        }
    }

    /**
     * {@code dx[c] = fma(dy[f], w[f][c], dx[c])} for the filters f that see c; dy is all +0 if {@code dyOffset} is -1.
     */
    private void addPlaceBack(ConvolutionShape shape, float[] dy, int dyOffset, int tap, float[] dx, int dxOffset) {
        int channels = shape.groupChannels();
        int filters = shape.groupFilters();
        int lines = tap * channels * shape.filters();
        for (int group = 0; group < shape.groups(); group++) {
            for (int f = group * filters; f < (group + 1) * filters; f++) {
                float factor = dyOffset < 0 ? 0f : dy[dyOffset + f];
                multiplyAdd(channels, factor, transposed, lines + f * channels, dx, dxOffset + group * channels);
            }
        }
    }

    @Override
    public void weightGradient(
            ConvolutionShape shape,
            int[] rowStart,
            int from,
            int to,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] dw,
            int dwOffset) {
        tree.plan(rowStart, from, to);
        int size = shape.weights();
        stack = Buffers.atLeast(stack, tree.depth() * size);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            Arrays.fill(stack, top, top + size, 0f);
            for (int row = tree.first(leaf); row < tree.end(leaf); row++) {
                addRow(shape, x, xOffset + row * shape.inputSize(), dy, dyOffset + row * shape.outputSize(), top);
            }
            top += size;
            for (int merges = tree.merges(leaf); merges > 0; merges--) {
                top -= size;
                for (int i = 0; i < size; i++) {
                    stack[top - size + i] += stack[top + i];
                }
            }
        }
        if (top == 0) {
            Arrays.fill(dw, dwOffset, dwOffset + size, 0f);
        } else {
            System.arraycopy(stack, 0, dw, dwOffset, size);
        }
    }

    /** Continues the chains of all weights, at {@code sums} in the stack, over the windows of one row. */
    private void addRow(ConvolutionShape shape, float[] x, int xOffset, float[] dy, int dyOffset, int sums) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int channels = shape.groupChannels();
        int filters = shape.groupFilters();
        int at = dyOffset;
        for (int oh = 0; oh < vertical.output(); oh++) {
            for (int ow = 0; ow < horizontal.output(); ow++) {
                int line = sums;
                for (int kh = 0; kh < vertical.kernel(); kh++) {
                    int h = vertical.first(oh) + kh * vertical.dilation();
                    for (int kw = 0; kw < horizontal.kernel(); kw++) {
                        int place = place(shape, h, horizontal.first(ow) + kw * horizontal.dilation());
                        for (int c = 0; c < channels; c++) {
                            for (int group = 0; group < shape.groups(); group++) {
                                float factor =
                                        place < 0 ? 0f : x[xOffset + place * shape.channels() + group * channels + c];
                                int first = group * filters;
                                multiplyAdd(filters, factor, dy, at + first, stack, line + first);
                            }
                            line += shape.filters();
                        }
                    }
                }
                at += shape.filters();
            }
        }
    }

    /** {@code y = fma(factor, x, y)}. */
    private static void multiplyAdd(int length, float factor, float[] x, int xOffset, float[] y, int yOffset) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = Math.fma(factor, x[xOffset + i], y[yOffset + i]);
        }
    }
}
