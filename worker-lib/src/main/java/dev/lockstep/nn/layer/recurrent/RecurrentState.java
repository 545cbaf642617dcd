package dev.lockstep.nn.layer.recurrent;

import dev.lockstep.nn.tensor.Matrix;
import java.util.Arrays;

/**
 * The arrays of a recurrent layer at work, one line a valid step of a row in the order of {@link SequencePlan}. The
 * states before the first step, zeros unless a sequence continues, lie before the first line.
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

    /**
     * Begins where a step has ended.
     *
     * @param line the first line of the step
     * @param rows how many rows take part in it
     */
    void begin(int line, int rows) {
        System.arraycopy(outputs, stateOffset(line), outputs, 0, rows * units);
        System.arraycopy(
                cells, Math.min(cells.length, stateOffset(line)), cells, 0, Math.min(cells.length, rows * units));
    }

    /** Begins with zeros again. */
    void beginAnew() {
        Arrays.fill(outputs, 0, zeros, 0f);
        Arrays.fill(cells, 0, Math.min(cells.length, zeros), 0f);
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

    /** Views of what one step of a recurrent layer works on: the lines of the rows that take part in it. */
    static final class Step {
        private final Matrix gates = new Matrix();
        private final Matrix recurrent = new Matrix();
        private final Matrix previousOutput = new Matrix();
        private final Matrix output = new Matrix();
        private final Matrix previousCell = new Matrix();
        private final Matrix cell = new Matrix();
        private final Matrix dOutput = new Matrix();
        private final Matrix dCell = new Matrix();

        /**
         * Points the views at a step; those of arrays that the layer does not have are left as they are.
         *
         * @param layer the layer's formulas
         * @param state the layer's arrays
         * @param rows rows that take part
         * @param line their first line
         * @param before their first place among the states before the step
         */
        Step at(RecurrentCell layer, RecurrentState state, int rows, int line, int before) {
            int units = layer.units();
            int at = state.stateOffset(line);
            gates.at(state.gates(), line * layer.columns(), rows, layer.columns());
            previousOutput.at(state.outputs(), before, rows, units);
            output.at(state.outputs(), at, rows, units);
            dOutput.at(state.dOutput(), 0, rows, units);
            if (layer.separatesRecurrent()) {
                recurrent.at(state.recurrent(), line * layer.columns(), rows, layer.columns());
            }
            if (layer.keepsCell()) {
                previousCell.at(state.cells(), before, rows, units);
                cell.at(state.cells(), at, rows, units);
                dCell.at(state.dCell(), 0, rows, units);
            }
            return this;
        }

        /** {@code [rows, gates units]}: sums, then gates, then the gradients by the sums from the input. */
        Matrix gates() {
            return gates;
        }

        /** The same for the recurrent products, where they enter apart. */
        Matrix recurrent() {
            return recurrent;
        }

        /** {@code [rows, units]}: the outputs before the step. */
        Matrix previousOutput() {
            return previousOutput;
        }

        /** {@code [rows, units]}: the outputs {@code h}. */
        Matrix output() {
            return output;
        }

        /** {@code [rows, units]}: an LSTM's cells before the step. */
        Matrix previousCell() {
            return previousCell;
        }

        /** {@code [rows, units]}: an LSTM's cells {@code c}. */
        Matrix cell() {
            return cell;
        }

        /** {@code [rows, units]}: gradient by the outputs. */
        Matrix dOutput() {
            return dOutput;
        }

        /** {@code [rows, units]}: gradient by the cells, from later steps. */
        Matrix dCell() {
            return dCell;
        }
    }
}
