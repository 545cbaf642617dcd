package dev.lockstep.nn.layer;

import dev.lockstep.nn.tensor.Matrix;

/** Views of what one step of a recurrent layer works on: the lines of the rows that take part in it. */
final class RecurrentStep {
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
    RecurrentStep at(RecurrentCell layer, RecurrentState state, int rows, int line, int before) {
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
