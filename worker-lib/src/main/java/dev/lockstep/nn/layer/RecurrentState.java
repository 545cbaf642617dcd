package dev.lockstep.nn.layer;

import java.util.Arrays;

/**
 * The arrays of a recurrent layer at work, one line a valid step of a row in the order of {@link SequencePlan}. The
 * states before the first step are zeros, which lie before the first line.
 */
final class RecurrentState {
    private final int units;
    private final int zeros;
    private final float[] inputs;
    private final float[] gates;
    private final float[] recurrent;
    private final float[] outputs;
    private final float[] cells;
    private final float[] dOutput;
    private final float[] dCell;

    /** Arrays for so many rows and lines. */
    RecurrentState(RecurrentCell cell, int maxRows, int maxLines) {
        units = cell.units();
        zeros = Math.multiplyExact(maxRows, units);
        int states = Math.addExact(zeros, Math.multiplyExact(maxLines, units));
        int sums = Math.multiplyExact(maxLines, cell.columns());
        inputs = new float[Math.multiplyExact(maxLines, cell.in())];
        gates = new float[sums];
        recurrent = new float[cell.separatesRecurrent() ? sums : 0];
        outputs = new float[states];
        cells = new float[cell.keepsCell() ? states : 0];
        dOutput = new float[zeros];
        dCell = new float[cell.keepsCell() ? zeros : 0];
    }

    /** Index of a line's state in {@link #outputs} and {@link #cells}. */
    int stateOffset(int line) {
        return zeros + line * units;
    }

    /** Forgets the gradients that come from later steps, for so many rows. */
    void clearGradients(int rows) {
        Arrays.fill(dOutput, 0, rows * units, 0f);
        Arrays.fill(dCell, 0, Math.min(dCell.length, rows * units), 0f);
    }

    /** {@code [lines, in]}: the steps' inputs; in the end the gradients by them. */
    float[] inputs() {
        return inputs;
    }

    /** {@code [lines, gates units]}: sums, then gates, then the gradients by the sums from the input. */
    float[] gates() {
        return gates;
    }

    /** The same for the recurrent products, where they enter apart. */
    float[] recurrent() {
        return recurrent;
    }

    /** {@code [zeros and lines, units]}: the outputs {@code h}. */
    float[] outputs() {
        return outputs;
    }

    /** {@code [zeros and lines, units]}: an LSTM's cells {@code c}. */
    float[] cells() {
        return cells;
    }

    /** {@code [rows, units]}: gradient by the outputs of the step in work. */
    float[] dOutput() {
        return dOutput;
    }

    /** {@code [rows, units]}: gradient by the cells of the step in work, from later steps. */
    float[] dCell() {
        return dCell;
    }
}
