package dev.lockstep.nn.kernel;

import java.util.Arrays;

/**
 * {@link BatchNormalization}: the blocks, and their lines one element at a time. The vector twin overrides what is done
 * with a block's lines.
 */
class ScalarBatchNormalization implements BatchNormalization {
    @Override
    public final void moments(
            int lines, int channels, float[] x, int xOffset, double[] mean, double[] m2, float[] scratch) {
        for (int first = 0; first < lines; first += BLOCK) {
            int count = Math.min(BLOCK, lines - first);
            blockMoments(count, channels, x, xOffset + first * channels, scratch);
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

    /** Leaves the means of some lines and, behind them, their M2 in {@code scratch}. */
    void blockMoments(int lines, int channels, float[] x, int xOffset, float[] scratch) {
        blockMoments(lines, channels, 0, x, xOffset, scratch);
    }

    /** The same for the channels from {@code firstChannel} on. */
    static void blockMoments(int lines, int channels, int firstChannel, float[] x, int xOffset, float[] scratch) {
        Arrays.fill(scratch, firstChannel, channels, 0f);
        Arrays.fill(scratch, channels + firstChannel, 2 * channels, 0f);
        for (int at = xOffset, line = 0; line < lines; line++, at += channels) {
            for (int c = firstChannel; c < channels; c++) {
                scratch[c] += x[at + c];
            }
        }
        for (int c = firstChannel; c < channels; c++) {
            scratch[c] /= lines;
        }
        for (int at = xOffset, line = 0; line < lines; line++, at += channels) {
            for (int c = firstChannel; c < channels; c++) {
                float difference = x[at + c] - scratch[c];
                scratch[channels + c] = Math.fma(difference, difference, scratch[channels + c]);
            }
        }
    }

    @Override
    public void normalize(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] mean,
            float[] scale,
            float[] shift,
            boolean relu,
            float[] y,
            int yOffset) {
        normalize(lines, channels, 0, x, xOffset, mean, scale, shift, relu, y, yOffset);
    }

    /** The same for the channels from {@code firstChannel} on. */
    static void normalize(
            int lines,
            int channels,
            int firstChannel,
            float[] x,
            int xOffset,
            float[] mean,
            float[] scale,
            float[] shift,
            boolean relu,
            float[] y,
            int yOffset) {
        for (int line = 0; line < lines; line++) {
            int from = xOffset + line * channels;
            int to = yOffset + line * channels;
            for (int c = firstChannel; c < channels; c++) {
                float v = Math.fma(x[from + c] - mean[c], scale[c], shift[c]);
                y[to + c] = relu && v < 0f ? 0f : v;
            }
        }
    }

    @Override
    public final void gradientSums(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            double[] sums,
            double[] products,
            float[] scratch) {
        Arrays.fill(sums, 0, channels, 0);
        Arrays.fill(products, 0, channels, 0);
        for (int first = 0; first < lines; first += BLOCK) {
            int count = Math.min(BLOCK, lines - first);
            int at = first * channels;
            blockSums(count, channels, x, xOffset + at, y, yOffset + at, dy, dyOffset + at, mean, scratch);
            for (int c = 0; c < channels; c++) {
                sums[c] += scratch[c];
                products[c] += scratch[channels + c];
            }
        }
    }

    /** Leaves the sums of some lines and, behind them, the products' sums in {@code scratch}. */
    void blockSums(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scratch) {
        blockSums(lines, channels, 0, x, xOffset, y, yOffset, dy, dyOffset, mean, scratch);
    }

    /** The same for the channels from {@code firstChannel} on. */
    static void blockSums(
            int lines,
            int channels,
            int firstChannel,
            float[] x,
            int xOffset,
            float[] y,
            int yOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scratch) {
        Arrays.fill(scratch, firstChannel, channels, 0f);
        Arrays.fill(scratch, channels + firstChannel, 2 * channels, 0f);
        for (int line = 0; line < lines; line++) {
            int at = line * channels;
            for (int c = firstChannel; c < channels; c++) {
                float d = dy[dyOffset + at + c];
                if (y != null) {
                    d = y[yOffset + at + c] > 0f ? d : 0f;
                    dy[dyOffset + at + c] = d;
                }
                scratch[c] += d;
                scratch[channels + c] = Math.fma(d, x[xOffset + at + c] - mean[c], scratch[channels + c]);
            }
        }
    }

    @Override
    public void inputGradient(
            int lines,
            int channels,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scale,
            float[] a,
            float[] b,
            float[] dx,
            int dxOffset) {
        inputGradient(lines, channels, 0, x, xOffset, dy, dyOffset, mean, scale, a, b, dx, dxOffset);
    }

    /** The same for the channels from {@code firstChannel} on. */
    static void inputGradient(
            int lines,
            int channels,
            int firstChannel,
            float[] x,
            int xOffset,
            float[] dy,
            int dyOffset,
            float[] mean,
            float[] scale,
            float[] a,
            float[] b,
            float[] dx,
            int dxOffset) {
        for (int line = 0; line < lines; line++) {
            int at = line * channels;
            for (int c = firstChannel; c < channels; c++) {
                float part = Math.fma(dy[dyOffset + at + c], scale[c], b[c]);
                dx[dxOffset + at + c] = Math.fma(x[xOffset + at + c] - mean[c], a[c], part);
            }
        }
    }
}
