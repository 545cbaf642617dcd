package dev.lockstep.nn.layer;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import java.util.List;

/**
 * Height and width of a window, or the steps it takes: {@code 3} for both or {@code [3, 5]} in job files.
 *
 * @param height along the first axis of an image, at least 1
 * @param width along the second axis, at least 1
 */
public record Extent(int height, int width) implements Serializable {
    /** One by one. */
    public static final Extent ONE = new Extent(1, 1);

    public Extent {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("expected at least 1, got " + written(height, width));
        }
    }

    /** The same along both axes. */
    @JsonCreator
    public static Extent of(int both) {
        return new Extent(both, both);
    }

    /** Height and width. */
    @JsonCreator
    public static Extent of(int[] heightAndWidth) {
        if (heightAndWidth.length != 2) {
            throw new IllegalArgumentException(
                    "expected a number, or two for height and width, got " + heightAndWidth.length);
        }
        return new Extent(heightAndWidth[0], heightAndWidth[1]);
    }

    /** As a job file has it: one number where both are equal. */
    @JsonValue
    public Object written() {
        return written(height, width);
    }

    private static Object written(int height, int width) {
        return height == width ? height : List.of(height, width);
    }

    @Override
    public String toString() {
        return height + "x" + width;
    }

    /**
     * How layers that slide windows see a row: as an image. {@code [height, width, channels]} is one, {@code [height,
     * width]} is one of a single channel, and a sequence {@code [steps, features]} is one of height 1.
     */
    record ImageShape(int height, int width, int channels) {

        /** The image of a two-dimensional layer's input. */
        static ImageShape image(String layer, Shape input) {
            if (input.rank() != 2 && input.rank() != 3) {
                throw new IllegalArgumentException(layer + ": expected input [height, width, channels], got " + input);
            }
            int channels = input.rank() == 3 ? input.dimension(2) : 1;
            return new ImageShape(input.dimension(0), input.dimension(1), channels);
        }

        /** The image of a one-dimensional layer's input. */
        static ImageShape sequence(String layer, Shape input) {
            if (input.rank() != 2) {
                throw new IllegalArgumentException(layer + ": expected input [steps, features], got " + input);
            }
            return new ImageShape(1, input.dimension(0), input.dimension(1));
        }
    }
}
