package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Convolution;
import dev.lockstep.nn.kernel.ConvolutionShape;
import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.Transpose;
import dev.lockstep.nn.param.Gradient;

/**
 * A map that is linear in its input and in its weights, at work: a matrix product or a convolution. Outputs come in
 * lines of {@link #units()}, one for each step or position; arrays of rows begin at 0.
 */
interface LinearMap {
    /** Length of a line of the input: what one step or position has. */
    int channels();

    /** Length of a line of the output. */
    int units();

    /** Lines of the output that a row has. */
    int linesPerRow();

    /** {@code y = x w}, or {@code x w + bias}; y is overwritten. */
    void forward(int rows, float[] x, int xOffset, float[] w, int wOffset, float[] y, float[] bias, int biasOffset);

    /** The sum of {@code x^T dy} over the rows of a node's shards; dw is overwritten. */
    void weightGradient(
            Pass pass, Gradient.Node node, float[] x, int xOffset, float[] dy, int dyOffset, float[] dw, int dwOffset);

    /** {@code dx = dy w^T}; dx is overwritten. */
    void inputGradient(int rows, float[] dy, int dyOffset, float[] w, int wOffset, float[] dx);

    /** A matrix product of each line. */
    record Product(Gemm gemm, int channels, int units, int linesPerRow, StepRows lines) implements LinearMap {
        @Override
        public void forward(
                int rows, float[] x, int xOffset, float[] w, int wOffset, float[] y, float[] bias, int biasOffset) {
            gemm.multiply(
                    Transpose.NO,
                    Transpose.NO,
                    rows * linesPerRow,
                    units,
                    channels,
                    x,
                    xOffset,
                    channels,
                    w,
                    wOffset,
                    units,
                    y,
                    0,
                    units,
                    bias == null ? Epilogue.OVERWRITE : Epilogue.BIAS,
                    bias,
                    biasOffset);
        }

        @Override
        public void weightGradient(
                Pass pass,
                Gradient.Node node,
                float[] x,
                int xOffset,
                float[] dy,
                int dyOffset,
                float[] dw,
                int dwOffset) {
            gemm.weightGradient(
                    channels,
                    units,
                    lines.of(pass),
                    node.from(),
                    node.to(),
                    x,
                    xOffset,
                    channels,
                    dy,
                    dyOffset,
                    units,
                    dw,
                    dwOffset,
                    units);
        }

        @Override
        public void inputGradient(int rows, float[] dy, int dyOffset, float[] w, int wOffset, float[] dx) {
            gemm.multiply(
                    Transpose.NO,
                    Transpose.YES,
                    rows * linesPerRow,
                    channels,
                    units,
                    dy,
                    dyOffset,
                    units,
                    w,
                    wOffset,
                    units,
                    dx,
                    0,
                    channels,
                    Epilogue.OVERWRITE,
                    null,
                    0);
        }
    }

    /** A convolution of each row. */
    record Windows(Convolution convolution, ConvolutionShape shape) implements LinearMap {
        @Override
        public int channels() {
            return shape.channels();
        }

        @Override
        public int units() {
            return shape.filters();
        }

        @Override
        public int linesPerRow() {
            return shape.positions();
        }

        @Override
        public void forward(
                int rows, float[] x, int xOffset, float[] w, int wOffset, float[] y, float[] bias, int biasOffset) {
            convolution.forward(
                    shape,
                    rows,
                    x,
                    xOffset,
                    w,
                    wOffset,
                    y,
                    0,
                    bias == null ? Epilogue.OVERWRITE : Epilogue.BIAS,
                    bias,
                    biasOffset);
        }

        @Override
        public void weightGradient(
                Pass pass,
                Gradient.Node node,
                float[] x,
                int xOffset,
                float[] dy,
                int dyOffset,
                float[] dw,
                int dwOffset) {
            convolution.weightGradient(
                    shape, pass.rowStart(), node.from(), node.to(), x, xOffset, dy, dyOffset, dw, dwOffset);
        }

        @Override
        public void inputGradient(int rows, float[] dy, int dyOffset, float[] w, int wOffset, float[] dx) {
            convolution.inputGradient(shape, rows, dy, dyOffset, w, wOffset, dx, 0);
        }
    }
}
