package dev.lockstep.nn.param;

/**
 * Counts, means and sums of squared deviations (M2) of channels in one vector: three doubles a channel, side by side. A
 * channel without elements has count 0 and is absent: merged with another it gives that one unchanged.
 */
public final class ChannelMoments {
    /** Doubles a channel. */
    public static final int WIDTH = 3;

    private ChannelMoments() {}

    /**
     * Merges channel by channel (Chan, Golub, LeVeque 1979): {@code n = na + nb; d = mb - ma; m = ma + d (nb / n); M2 =
     * (M2a + M2b) + (d d) (na (nb / n))}.
     *
     * @param left accumulated into: the lower shards
     * @param right read
     * @param length doubles, three a channel
     */
    public static void merge(double[] left, int leftOffset, double[] right, int rightOffset, int length) {
        for (int i = 0; i < length; i += WIDTH) {
            int a = leftOffset + i;
            int b = rightOffset + i;
            if (left[a] == 0) {
                System.arraycopy(right, b, left, a, WIDTH);
            } else if (right[b] != 0) {
                double count = left[a] + right[b];
                double share = right[b] / count;
                double difference = right[b + 1] - left[a + 1];
                left[a + 2] = left[a + 2] + right[b + 2] + difference * difference * (left[a] * share);
                left[a + 1] += difference * share;
                left[a] = count;
            }
        }
    }
}
