package dev.lockstep.nn.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Random changes to the images of a training step, after scaling: with {@code horizontalFlip} a mirror image with
 * probability one half, then with {@code shift = n} a move by -n to n pixels along each axis, every distance as likely,
 * with {@code fill} moving in. The label stays.
 *
 * <p>A row's numbers come from its own stream, keyed (seed, {@link Purpose#AUGMENT}, step, shard, row within the
 * shard's rows of the step): value 0 decides the mirror image, 1 the move along the height, 2 that along the width.
 *
 * @param horizontalFlip whether images are mirrored; false unless given
 * @param shift greatest move in pixels; 0 unless given
 * @param fill what moves in; {@link Fill.Named#ZERO} unless given
 */
public record Augmentation(Boolean horizontalFlip, Integer shift, Fill fill) implements Serializable {
    /** Images as they are. */
    public static final Augmentation NONE = new Augmentation(false, 0);

    /** The value of pixels that a shift leaves empty. */
    public sealed interface Fill extends Serializable permits Fill.Named, Fill.Background {

        /** Kinds without settings. */
        enum Named implements Fill {
            /** 0 as the network sees it, behind the scaling: the mean of standardised features, often a grey. */
            ZERO,
            /** The nearest pixel of the image. */
            EDGE
        }

        /**
         * A number in the unit of the rows, before scaling: {@code background: 0} is black where 0 is.
         *
         * @param value a finite number
         */
        @SpecName("background")
        record Background(@JsonProperty(required = true) double value) implements Fill {
            public Background {
                if (!Double.isFinite(value)) {
                    throw Expect.failure("value", "a finite number", value);
                }
            }
        }
    }

    public Augmentation {
        fill = fill == null ? Fill.Named.ZERO : fill;
        horizontalFlip = horizontalFlip != null && horizontalFlip;
        shift = shift == null ? 0 : shift;
        if (shift < 0) {
            throw new IllegalArgumentException("shift: expected at least 0, got " + shift);
        }
    }

    /** With zeros moving in. */
    public Augmentation(Boolean horizontalFlip, Integer shift) {
        this(horizontalFlip, shift, Fill.Named.ZERO);
    }

    private boolean changesNothing() {
        return !horizontalFlip && shift == 0;
    }

    /**
     * Checks that rows are images that can be moved so far.
     *
     * @param rows whose features are {@code [height, width]} or {@code [height, width, channels]}
     * @throws IllegalArgumentException naming the shape
     */
    public void check(RowLayout rows) {
        Shape features = rows.features();
        if (changesNothing()) {
            return;
        }
        if (rows.sequences()) {
            throw new IllegalArgumentException("data.augment: expected images, got rows with lengths of their own"
                    + " (data.train.length), whose steps cannot be moved or mirrored");
        }
        if (features.rank() != 2 && features.rank() != 3) {
            throw new IllegalArgumentException(
                    "data.augment: expected images [height, width, channels], got features of shape " + features);
        }
        int side = Math.min(features.dimension(0), features.dimension(1));
        if (shift >= side) {
            throw new IllegalArgumentException(
                    "data.augment.shift: expected less than the image's side " + side + ", got " + shift);
        }
    }

    /**
     * Changes the features of all rows of a batch in place; the same whichever ranks the shards are on.
     *
     * @param batch the rows, already scaled; features updated
     * @param seed the job's seed
     * @param step global step, from 0
     * @param firstShard number of the shard whose rows come first in the batch
     * @param scaling what the rows have been scaled with
     */
    public void apply(Batch batch, long seed, long step, int firstShard, Scaling scaling) {
        if (changesNothing()) {
            return;
        }
        for (int shard = 0; shard < batch.shards(); shard++) {
            int from = batch.rowStart()[shard];
            for (int row = from; row < batch.rowStart()[shard + 1]; row++) {
                long key = StreamKey.key(seed, Purpose.AUGMENT, step, firstShard + shard, row - from, 0);
                apply(batch, row, key, scaling);
            }
        }
    }

    private void apply(Batch batch, int row, long key, Scaling scaling) {
        Tensor features = batch.features();
        Shape shape = features.shape();
        int height = shape.dimension(0);
        int line = shape.size() / height;
        int channels = line / shape.dimension(1);
        int at = features.rowOffset(row);
        if (horizontalFlip && CounterRandom.bounded(key, 0, 2) == 1) {
            for (int h = 0; h < height; h++) {
                mirror(features.array(), at + h * line, shape.dimension(1), channels);
            }
        }
        if (shift > 0) {
            int down = (int) CounterRandom.bounded(key, 1, 2L * shift + 1) - shift;
            int right = (int) CounterRandom.bounded(key, 2, 2L * shift + 1) - shift;
            move(features.array(), at, height, line, down, right * channels);
            if (fill == Fill.Named.EDGE) {
                repeatEdges(features.array(), at, shape, down, right);
            } else if (fill instanceof Fill.Background background) {
                paint(features.array(), at, shape, down, right, (float) background.value(), scaling);
            }
        }
    }

    private static void mirror(float[] pixels, int at, int width, int channels) {
        for (int left = 0, right = width - 1; left < right; left++, right--) {
            for (int c = 0; c < channels; c++) {
                int a = at + left * channels + c;
                int b = at + right * channels + c;
                float pixel = pixels[a];
                pixels[a] = pixels[b];
                pixels[b] = pixel;
            }
        }
    }

    /**
     * Moves lines by {@code down} and their elements by {@code right}; starts where nothing is overwritten that is
     * still to move.
     */
    private static void move(float[] pixels, int at, int height, int line, int down, int right) {
        int kept = line - Math.abs(right);
        for (int i = 0; i < height; i++) {
            int h = down > 0 ? height - 1 - i : i;
            int to = at + h * line;
            int from = to - down * line;
            if (h - down < 0 || h - down >= height) {
                Arrays.fill(pixels, to, to + line, 0f);
            } else {
                System.arraycopy(pixels, from + Math.max(-right, 0), pixels, to + Math.max(right, 0), kept);
                int gap = right > 0 ? to : to + kept;
                Arrays.fill(pixels, gap, gap + line - kept, 0f);
            }
        }
    }

    /** Gives pixels that have moved in the numbers of the nearest one that was there. */
    private static void repeatEdges(float[] pixels, int at, Shape shape, int down, int right) {
        int height = shape.dimension(0);
        int width = shape.dimension(1);
        int line = shape.size() / height;
        int channels = line / width;
        int top = Math.max(down, 0);
        int bottom = height - 1 + Math.min(down, 0);
        for (int h = top; h <= bottom; h++) {
            int from = at + h * line;
            for (int w = 0; w < right; w++) {
                System.arraycopy(pixels, from + right * channels, pixels, from + w * channels, channels);
            }
            for (int w = width + right; w < width; w++) {
                System.arraycopy(pixels, from + (width + right - 1) * channels, pixels, from + w * channels, channels);
            }
        }
        for (int h = 0; h < height; h++) {
            int nearest = Math.max(top, Math.min(bottom, h));
            if (h != nearest) {
                System.arraycopy(pixels, at + nearest * line, pixels, at + h * line, line);
            }
        }
    }

    /** Gives pixels that have moved in a number that is scaled as theirs are. */
    private static void paint(float[] pixels, int at, Shape shape, int down, int right, float value, Scaling scaling) {
        int height = shape.dimension(0);
        int width = shape.dimension(1);
        int channels = shape.size() / height / width;
        for (int i = 0; i < shape.size(); i++) {
            int h = i / channels / width - down;
            int w = i / channels % width - right;
            if (h < 0 || h >= height || w < 0 || w >= width) {
                pixels[at + i] = scaling.scaled(value, i);
            }
        }
    }
}
