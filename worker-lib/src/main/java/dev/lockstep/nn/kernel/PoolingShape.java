package dev.lockstep.nn.kernel;

/**
 * What a pooling works on: rows of images {@code [height, width, channels]}. A sequence is an image of height 1.
 *
 * @param vertical the window along the height
 * @param horizontal the window along the width
 * @param channels pooled each on its own
 */
public record PoolingShape(WindowAxis vertical, WindowAxis horizontal, int channels) {

    /** Elements of a row of the input. */
    public int inputSize() {
        return vertical.input() * horizontal.input() * channels;
    }

    /** Elements of a row of the output. */
    public int outputSize() {
        return vertical.output() * horizontal.output() * channels;
    }
}
