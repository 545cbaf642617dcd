package dev.lockstep.nn.kernel.product;

import dev.lockstep.nn.kernel.Convolution;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.WindowAxis;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link Convolution} in plain Java: at each place of a window one line of chains side by side, so that the inner loop
 * runs along contiguous memory and a compiler may vectorise it.
 */
public final class ScalarConvolution implements Convolution {
    private final SegmentTree tree = new SegmentTree();
    private float[] transposed = new float[0];
    private float[] stack = new float[0];

    @Override
    public void forward(
            ConvolutionShape shape, Matrix x, Matrix w, Matrix y, Epilogue epilogue, @Nullable Vector bias) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int filters = shape.filters();
        int out = y.offset();
        int rows = shape.rows(y);
        for (int row = 0; row < rows; row++) {
            int image = x.offset() + row * shape.inputSize();
            for (int oh = 0; oh < vertical.output(); oh++) {
                for (int ow = 0; ow < horizontal.output(); ow++) {
                    Arrays.fill(y.array(), out, out + filters, 0f);
                    int line = 0;
                    for (int kh = 0; kh < vertical.kernel(); kh++) {
                        int h = vertical.first(oh) + kh * vertical.dilation();
                        for (int kw = 0; kw < horizontal.kernel(); kw++) {
                            int place = place(shape, h, horizontal.first(ow) + kw * horizontal.dilation());
                            int from = place < 0 ? -1 : image + place * shape.channels();
                            addPlace(shape, x.array(), from, w, line, y.array(), out);
                            line += shape.groupChannels();
                        }
                    }
                    finish(epilogue, y.array(), out, filters, bias);
                    out += filters;
                }
            }
        }
    }

    private static void finish(Epilogue epilogue, float[] y, int yOffset, int filters, @Nullable Vector bias) {
        if (epilogue == Epilogue.OVERWRITE) {
            return;
        }
        Vector added = Objects.requireNonNull(bias);
        for (int f = 0; f < filters; f++) {
            float sum = y[yOffset + f] + added.array()[added.offset() + f];
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

    /**
     * {@code y[f] = fma(x[c], w[line + c][f], y[f])} for the channels c that f sees; x is all +0 if {@code xOffset} is
     * -1.
     */
    private static void addPlace(
            ConvolutionShape shape, float[] x, int xOffset, Matrix w, int line, float[] y, int yOffset) {
        int channels = shape.groupChannels();
        int filters = shape.groupFilters();
        for (int group = 0; group < shape.groups(); group++) {
            int first = group * filters;
            for (int c = 0; c < channels; c++) {
                float factor = xOffset < 0 ? 0f : x[xOffset + group * channels + c];
                ScalarGemm.multiplyAdd(filters, factor, w.array(), w.index(line + c, first), y, yOffset + first);
            }
        }
    }

    @Override
    public void inputGradient(ConvolutionShape shape, Matrix dy, Matrix w, Matrix dx) {
        transpose(shape, w);
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int rows = shape.rows(dy);
        Arrays.fill(dx.array(), dx.offset(), dx.offset() + rows * shape.inputSize(), 0f);
        int out = dx.offset();
        for (int row = 0; row < rows; row++) {
            int image = dy.offset() + row * shape.outputSize();
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
                            addPlaceBack(shape, dy.array(), from, kh * horizontal.kernel() + kw, dx.array(), out);
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
    private void transpose(ConvolutionShape shape, Matrix w) {
        transposed = Buffers.atLeast(transposed, shape.weights());
        int channels = shape.groupChannels();
        int filters = shape.filters();
        for (int tap = 0; tap < shape.taps(); tap++) {
            int at = tap * channels * filters;
            for (int c = 0; c < channels; c++) {
                for (int f = 0; f < filters; f++) {
                    transposed[at + f * channels + c] = w.array()[w.index(tap * channels + c, f)];
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
                int line = lines + f * channels;
                ScalarGemm.multiplyAdd(channels, factor, transposed, line, dx, dxOffset + group * channels);
            }
        }
    }

    @Override
    public void weightGradient(ConvolutionShape shape, Segments shards, Matrix x, Matrix dy, Matrix dw) {
        tree.plan(shards, shape.positions());
        int size = shape.weights();
        stack = Buffers.atLeast(stack, tree.depth() * size);
        int top = 0;
        for (int leaf = 0; leaf < tree.leaves(); leaf++) {
            Arrays.fill(stack, top, top + size, 0f);
            for (int row = tree.first(leaf); row < tree.end(leaf); row++) {
                addRow(shape, row, x, dy, top);
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
            Arrays.fill(dw.array(), dw.offset(), dw.offset() + size, 0f);
        } else {
            System.arraycopy(stack, 0, dw.array(), dw.offset(), size);
        }
    }

    /** Continues the chains of all weights, at {@code sums} in the stack, over the windows of one row. */
    private void addRow(ConvolutionShape shape, int row, Matrix x, Matrix dy, int sums) {
        WindowAxis vertical = shape.vertical();
        WindowAxis horizontal = shape.horizontal();
        int image = x.offset() + row * shape.inputSize();
        int at = dy.offset() + row * shape.outputSize();
        for (int oh = 0; oh < vertical.output(); oh++) {
            for (int ow = 0; ow < horizontal.output(); ow++) {
                int line = sums;
                for (int kh = 0; kh < vertical.kernel(); kh++) {
                    int h = vertical.first(oh) + kh * vertical.dilation();
                    for (int kw = 0; kw < horizontal.kernel(); kw++) {
                        int place = place(shape, h, horizontal.first(ow) + kw * horizontal.dilation());
                        int from = place < 0 ? -1 : image + place * shape.channels();
                        addPlaceOfWeights(shape, x.array(), from, dy.array(), at, line);
                        line += shape.groupChannels() * shape.filters();
                    }
                }
                at += shape.filters();
            }
        }
    }

    /**
     * {@code dw[c][f] = fma(x[c], dy[f], dw[c][f])} for the channels c that f sees, at {@code sums} in the stack; x is
     * all +0 if {@code xOffset} is -1.
     */
    private void addPlaceOfWeights(ConvolutionShape shape, float[] x, int xOffset, float[] dy, int dyOffset, int sums) {
        int channels = shape.groupChannels();
        int filters = shape.groupFilters();
        for (int c = 0; c < channels; c++) {
            int line = sums + c * shape.filters();
            for (int group = 0; group < shape.groups(); group++) {
                float factor = xOffset < 0 ? 0f : x[xOffset + group * channels + c];
                int first = group * filters;
                ScalarGemm.multiplyAdd(filters, factor, dy, dyOffset + first, stack, line + first);
            }
        }
    }
}
