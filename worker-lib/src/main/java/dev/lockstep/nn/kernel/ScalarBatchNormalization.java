package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@link BatchNormalization}: the blocks, and their lines one element at a time. The vector twin overrides what is done
 * with a block's lines and leaves the last channels to the methods that begin at one.
 */
class ScalarBatchNormalization implements BatchNormalization {
    private final Activations activations;

    ScalarBatchNormalization(Activations activations) {
        this.activations = activations;
    }

    @Override
    public final void moments(Matrix x, double[] mean, double[] m2, float[] scratch) {
        int channels = x.columns();
        for (int first = 0; first < x.rows(); first += BLOCK) {
            int count = Math.min(BLOCK, x.rows() - first);
            blockMoments(first, count, x, scratch);
            double share = (double) count / (first + count);
            double spread = first * share;
            for (int c = 0; c < channels; c++) {
                if (first == 0) {
                    mean[c] = scratch[c];
                    m2[c] = scratch[channels + c];
                } else {
                    double difference = scratch[c] - mean[c];
                    mean[c] += difference * share;
                    m2[c] = m2[c] + scratch[channels + c] + difference * difference * spread;
                }
            }
        }
    }

    /** Leaves the means of {@code count} lines and, behind them, their M2 in {@code scratch}. */
    void blockMoments(int firstLine, int count, Matrix x, float[] scratch) {
        blockMoments(firstLine, count, 0, x, scratch);
    }

    /** The same for the channels from {@code firstChannel} on. */
    static void blockMoments(int firstLine, int count, int firstChannel, Matrix x, float[] scratch) {
        float[] values = x.array();
        int channels = x.columns();
        int begin = x.offset() + firstLine * channels;
        Arrays.fill(scratch, firstChannel, channels, 0f);
        Arrays.fill(scratch, channels + firstChannel, 2 * channels, 0f);
        for (int at = begin, line = 0; line < count; line++, at += channels) {
            for (int c = firstChannel; c < channels; c++) {
                scratch[c] += values[at + c];
            }
        }
        for (int c = firstChannel; c < channels; c++) {
            scratch[c] /= count;
        }
        for (int at = begin, line = 0; line < count; line++, at += channels) {
            for (int c = firstChannel; c < channels; c++) {
                float difference = values[at + c] - scratch[c];
                scratch[channels + c] = Math.fma(difference, difference, scratch[channels + c]);
            }
        }
    }

    @Override
    public void normalize(Matrix x, float[] mean, float[] scale, float[] shift, boolean relu, Matrix y) {
        normalize(0, x, mean, scale, shift, relu, y);
    }

    /** The same for the channels from {@code firstChannel} on. */
    static void normalize(
            int firstChannel, Matrix x, float[] mean, float[] scale, float[] shift, boolean relu, Matrix y) {
        float[] inputs = x.array();
        float[] outputs = y.array();
        int channels = x.columns();
        for (int line = 0; line < x.rows(); line++) {
            int from = x.offset() + line * channels;
            int to = y.offset() + line * channels;
            for (int c = firstChannel; c < channels; c++) {
                float v = Math.fma(inputs[from + c] - mean[c], scale[c], shift[c]);
                outputs[to + c] = relu && v < 0f ? 0f : v;
            }
        }
    }

    @Override
    public final void gradientSums(
            Matrix x, @Nullable Matrix y, Matrix dy, float[] mean, double[] sums, double[] products, float[] scratch) {
        int channels = x.columns();
        Arrays.fill(sums, 0, channels, 0);
        Arrays.fill(products, 0, channels, 0);
        for (int first = 0; first < x.rows(); first += BLOCK) {
            blockSums(first, Math.min(BLOCK, x.rows() - first), x, y, dy, mean, scratch);
            for (int c = 0; c < channels; c++) {
                sums[c] += scratch[c];
                products[c] += scratch[channels + c];
            }
        }
    }

    /**
     * Leaves the sums of {@code count} lines and, behind them, the products' sums in {@code scratch}, once dy has
     * passed back through the ReLU if there is one.
     */
    void blockSums(int firstLine, int count, Matrix x, @Nullable Matrix y, Matrix dy, float[] mean, float[] scratch) {
        if (y != null) {
            maskByRelu(firstLine, count, y, dy);
        }
        channelSums(firstLine, count, 0, x, dy, mean, scratch);
    }

    /** Passes some lines of dy back through the ReLU whose output is y. */
    final void maskByRelu(int firstLine, int count, Matrix y, Matrix dy) {
        int at = firstLine * y.columns();
        activations.reluBackward(y.array(), y.offset() + at, dy.array(), dy.offset() + at, count * y.columns());
    }

    /** The sums for the channels from {@code firstChannel} on. */
    static void channelSums(
            int firstLine, int count, int firstChannel, Matrix x, Matrix dy, float[] mean, float[] scratch) {
        float[] inputs = x.array();
        float[] gradients = dy.array();
        int channels = x.columns();
        Arrays.fill(scratch, firstChannel, channels, 0f);
        Arrays.fill(scratch, channels + firstChannel, 2 * channels, 0f);
        for (int line = firstLine; line < firstLine + count; line++) {
            int from = x.offset() + line * channels;
            int at = dy.offset() + line * channels;
            for (int c = firstChannel; c < channels; c++) {
                float d = gradients[at + c];
                scratch[c] += d;
                scratch[channels + c] = Math.fma(d, inputs[from + c] - mean[c], scratch[channels + c]);
            }
        }
    }

    @Override
    public void inputGradient(Matrix x, float[] mean, float[] scale, float[] slope, float[] level, Matrix dy) {
        inputGradient(0, x, mean, scale, slope, level, dy);
    }

    /** The same for the channels from {@code firstChannel} on. */
    static void inputGradient(
            int firstChannel, Matrix x, float[] mean, float[] scale, float[] slope, float[] level, Matrix dy) {
        float[] inputs = x.array();
        float[] gradients = dy.array();
        int channels = x.columns();
        for (int line = 0; line < x.rows(); line++) {
            int from = x.offset() + line * channels;
            int at = dy.offset() + line * channels;
            for (int c = firstChannel; c < channels; c++) {
                float part = Math.fma(gradients[at + c], scale[c], level[c]);
                gradients[at + c] = Math.fma(inputs[from + c] - mean[c], slope[c], part);
            }
        }
    }
}
