package dev.lockstep.nn.layer;

import dev.lockstep.nn.tensor.Shape;

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
