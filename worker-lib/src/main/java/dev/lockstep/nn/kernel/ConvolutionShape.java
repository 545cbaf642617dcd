package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;

/**
 * The shapes of a convolution: rows of images {@code [height, width, channels]}, and as many of {@code filters}
 * channels. With groups, filter {@code f} sees the {@code channels / groups} channels of its group {@code f / (filters
 * / groups)} alone. A sequence is an image of height 1.
 *
 * @param vertical the window along the height
 * @param horizontal the window along the width
 * @param channels channels of the input, a multiple of the groups
 * @param filters channels of the output, a multiple of the groups
 * @param groups how many independent convolutions lie side by side
 */
public record ConvolutionShape(WindowAxis vertical, WindowAxis horizontal, int channels, int filters, int groups) {

    /** Places of a row of the input. */
    public int places() {
        return vertical.input() * horizontal.input();
    }

    /** Elements of a row of the input. */
    public int inputSize() {
        return places() * channels;
    }

    /** Windows of a row. */
    public int positions() {
        return vertical.output() * horizontal.output();
    }

    /** Elements of a row of the output. */
    public int outputSize() {
        return positions() * filters;
    }

    /** Channels of the input that a filter sees. */
    public int groupChannels() {
        return channels / groups;
    }

    /** Filters of a group. */
    public int groupFilters() {
        return filters / groups;
    }

    /** Places of the input that a window sees. */
    public int taps() {
        return vertical.kernel() * horizontal.kernel();
    }

    /** Elements of the weights {@code [kernelHeight, kernelWidth, channels / groups, filters]}. */
    public int weights() {
        return taps() * groupChannels() * filters;
    }

    /** Rows whose outputs, or gradients by them, lie in a matrix with a line for each window. */
    public int rows(Matrix outputs) {
        return outputs.rows() / positions();
    }
}
