package dev.lockstep.nn.data.column;

import java.io.Serializable;
import java.util.Arrays;

/**
 * An image without a file's form: a byte (0 to 255) a channel, row by row from the top, the channels of a pixel behind
 * one another.
 *
 * <p>All that is done to it is done in whole numbers, so that it has the same bits on every JVM.
 *
 * @param height at least 1
 * @param width at least 1
 * @param channels 1: grey; 3: red, green, blue; 4: these and an opacity, which nobody looks at
 * @param samples {@code height * width * channels} of them; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; copies would cost more than they protect
public record Pixels(int height, int width, int channels, byte[] samples) implements Serializable {
    /** Weights of red, green and blue in a shade of grey, in thousandths (ITU-R BT.601). */
    private static final int[] GREY = {299, 587, 114};

    private static final int THOUSAND = 1000;

    /** Checks that there are as many samples as there should be. */
    public Pixels {
        boolean known = channels == 1 || channels == 3 || channels == 4;
        if (!known || height < 1 || width < 1 || samples.length != (long) height * width * channels) {
            throw new IllegalArgumentException("expected samples of an image with 1, 3 or 4 channels, got "
                    + samples.length + " for " + height + " x " + width + " x " + channels);
        }
    }

    /**
     * The image in colours or in shades of grey.
     *
     * @param wanted 1 or 3
     */
    Pixels withChannels(int wanted) {
        if (channels == wanted) {
            return this;
        }
        byte[] converted = new byte[height * width * wanted];
        for (int pixel = 0; pixel < height * width; pixel++) {
            int from = pixel * channels;
            int to = pixel * wanted;
            if (wanted == 1) {
                int grey = THOUSAND / 2;
                for (int i = 0; i < GREY.length; i++) {
                    grey += GREY[i] * (samples[from + i] & 0xff);
                }
                converted[to] = (byte) (grey / THOUSAND);
            } else {
                for (int i = 0; i < wanted; i++) {
                    converted[to + i] = samples[channels == 1 ? from : from + i];
                }
            }
        }
        return new Pixels(height, width, wanted, converted);
    }

    /**
     * The image in another size: each new sample is the mean of the old ones around its place, weighted by a triangle
     * that reaches one pixel, of the old or of the new ones, whichever are larger (bilinear; no old pixel is skipped
     * where the image shrinks). First along the width, then along the height; each mean is rounded to a byte.
     */
    Pixels resized(int newHeight, int newWidth) {
        byte[] wide = newWidth == width ? samples : resized(samples, new Axis(height, width, channels), newWidth);
        byte[] all = newHeight == height ? wide : resized(wide, new Axis(1, height, newWidth * channels), newHeight);
        return new Pixels(newHeight, newWidth, channels, all);
    }

    /**
     * An axis of an array of bytes.
     *
     * @param outer how many lines along the axis lie behind one another
     * @param length how many places it has
     * @param inner how many bytes a place has
     */
    private record Axis(int outer, int length, int inner) {}

    private static byte[] resized(byte[] old, Axis axis, int length) {
        byte[] resized = new byte[axis.outer() * length * axis.inner()];
        // All in units of 1 / (2 * length) of an old pixel.
        long reach = 2L * Math.max(axis.length(), length);
        long[] sums = new long[axis.inner()];
        for (int place = 0; place < length; place++) {
            long centre = (2L * place + 1) * axis.length();
            int first = (int) Math.max(0, (centre - reach) / (2L * length) - 1);
            int last = (int) Math.min(axis.length() - 1L, (centre + reach) / (2L * length) + 1);
            for (int line = 0; line < axis.outer(); line++) {
                Arrays.fill(sums, 0);
                long total = 0;
                for (int other = first; other <= last; other++) {
                    long weight = reach - Math.abs((2L * other + 1) * length - centre);
                    if (weight > 0) {
                        total += weight;
                        int from = (line * axis.length() + other) * axis.inner();
                        for (int i = 0; i < sums.length; i++) {
                            sums[i] += weight * (old[from + i] & 0xff);
                        }
                    }
                }
                int to = (line * length + place) * axis.inner();
                for (int i = 0; i < sums.length; i++) {
                    resized[to + i] = (byte) ((2 * sums[i] + total) / (2 * total));
                }
            }
        }
        return resized;
    }
}
