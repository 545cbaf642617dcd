package dev.lockstep.nn.param;

import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;

/**
 * A layer's running statistics inside the vector of buffers, which consists of nothing else: for each channel its mean
 * and its variance, side by side.
 *
 * @param name the layer's name and the tensor's own, for example {@code batchNorm_1.runningStatistics}
 * @param offset index of its first element
 * @param shape {@code [channels, 2]}
 * @param momentum the share of the old statistics in the new ones
 * @param global whether a training pass needs the statistics of all shards together
 */
public record StatisticsRange(String name, int offset, Shape shape, double momentum, boolean global)
        implements Serializable {
    /** Floats a channel. */
    public static final int WIDTH = 2;

    /** How many channels. */
    public int channels() {
        return shape.dimension(0);
    }

    /** Where the moments that feed these statistics begin in {@link Gradient.Node#moments()}. */
    public int momentsOffset() {
        return offset / WIDTH * ChannelMoments.WIDTH;
    }

    /** The running mean of a channel. */
    public float mean(float[] buffers, int channel) {
        return buffers[offset + channel * WIDTH];
    }

    /** The running variance of a channel. */
    public float variance(float[] buffers, int channel) {
        return buffers[offset + channel * WIDTH + 1];
    }

    /** Begins with mean 0 and variance 1. */
    public void initialize(float[] buffers) {
        for (int channel = 0; channel < channels(); channel++) {
            buffers[offset + channel * WIDTH] = 0;
            buffers[offset + channel * WIDTH + 1] = 1;
        }
    }

    /**
     * Mixes in the moments of a step: {@code r = momentum r + (1 - momentum) v}, with the mean of all its elements and
     * their unbiased variance {@code M2 / max(n - 1, 1)}; in double, then rounded.
     *
     * @param moments read: {@link ChannelMoments} of all statistics of the network
     * @param buffers updated
     */
    public void update(double[] moments, float[] buffers) {
        mix(momentum, moments, buffers);
    }

    /** The same without the old statistics: they become those of the elements. */
    public void replace(double[] moments, float[] buffers) {
        mix(0, moments, buffers);
    }

    private void mix(double old, double[] moments, float[] buffers) {
        for (int channel = 0; channel < channels(); channel++) {
            int from = momentsOffset() + channel * ChannelMoments.WIDTH;
            int to = offset + channel * WIDTH;
            double count = moments[from];
            if (count > 0) {
                double variance = moments[from + 2] / Math.max(count - 1, 1);
                buffers[to] = (float) (old * buffers[to] + (1 - old) * moments[from + 1]);
                buffers[to + 1] = (float) (old * buffers[to + 1] + (1 - old) * variance);
            }
        }
    }

    /**
     * Merges the statistics of models trained apart, as a mixture of both: {@code m = a + (b - a) w} for means, and
     * {@code v = va + (vb - va) w + w (1 - w) (b - a)^2} for variances, the spread of the means included.
     *
     * @param left accumulated into: a whole vector of buffers
     * @param right read
     * @param share {@code w}, the right one's share of the common weight
     */
    public static void mergeMean(float[] left, float[] right, double share) {
        for (int i = 0; i < left.length; i += WIDTH) {
            double difference = (double) right[i] - left[i];
            double spread = share * (1 - share) * (difference * difference);
            double variance = left[i + 1] + ((double) right[i + 1] - left[i + 1]) * share + spread;
            left[i] = (float) (left[i] + difference * share);
            left[i + 1] = (float) variance;
        }
    }
}
