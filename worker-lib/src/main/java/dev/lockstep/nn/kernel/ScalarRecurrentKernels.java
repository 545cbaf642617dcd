package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * {@link RecurrentKernels}, a row at a time; the vector twin replaces what is done along a row and leaves the end of it
 * to the methods that begin at a unit.
 */
class ScalarRecurrentKernels implements RecurrentKernels {
    @Override
    public final void lstm(Matrix gates, Matrix previousCell, Matrix cell, Matrix output) {
        for (int row = 0; row < cell.rows(); row++) {
            lstmRow(row, gates, previousCell, cell, output);
        }
    }

    @Override
    public final void lstmBackward(Matrix gates, Matrix previousCell, Matrix cell, Matrix dOutput, Matrix dCell) {
        for (int row = 0; row < cell.rows(); row++) {
            lstmBackwardRow(row, gates, previousCell, cell, dOutput, dCell);
        }
    }

    @Override
    public final void gru(Matrix gates, Matrix recurrent, Vector bias, Matrix previousOutput, Matrix output) {
        for (int row = 0; row < output.rows(); row++) {
            gruRow(row, gates, recurrent, bias, previousOutput, output);
        }
    }

    @Override
    public final void gruBackward(Matrix gates, Matrix recurrent, Matrix previousOutput, Matrix dOutput) {
        for (int row = 0; row < dOutput.rows(); row++) {
            gruBackwardRow(row, gates, recurrent, previousOutput, dOutput);
        }
    }

    /** One row of {@link #lstm}. */
    void lstmRow(int row, Matrix gates, Matrix previousCell, Matrix cell, Matrix output) {
        lstmRow(row, 0, gates, previousCell, cell, output);
    }

    /** One row of {@link #lstmBackward}. */
    void lstmBackwardRow(int row, Matrix gates, Matrix previousCell, Matrix cell, Matrix dOutput, Matrix dCell) {
        lstmBackwardRow(row, 0, gates, previousCell, cell, dOutput, dCell);
    }

    /** One row of {@link #gru}. */
    void gruRow(int row, Matrix gates, Matrix recurrent, Vector bias, Matrix previousOutput, Matrix output) {
        gruRow(row, 0, gates, recurrent, bias, previousOutput, output);
    }

    /** One row of {@link #gruBackward}. */
    void gruBackwardRow(int row, Matrix gates, Matrix recurrent, Matrix previousOutput, Matrix dOutput) {
        gruBackwardRow(row, 0, gates, recurrent, previousOutput, dOutput);
    }

    /** The units of a row from {@code from} on. */
    static void lstmRow(int row, int from, Matrix gates, Matrix previousCell, Matrix cell, Matrix output) {
        float[] gate = gates.array();
        int units = cell.columns();
        int gateAt = gates.index(row, 0);
        int before = previousCell.index(row, 0);
        int cellAt = cell.index(row, 0);
        int outputAt = output.index(row, 0);
        for (int j = from; j < units; j++) {
            float i = ScalarMath.sigmoid(gate[gateAt + j]);
            float f = ScalarMath.sigmoid(gate[gateAt + units + j]);
            float g = ScalarMath.tanh(gate[gateAt + 2 * units + j]);
            float o = ScalarMath.sigmoid(gate[gateAt + 3 * units + j]);
            float c = Math.fma(f, previousCell.array()[before + j], i * g);
            gate[gateAt + j] = i;
            gate[gateAt + units + j] = f;
            gate[gateAt + 2 * units + j] = g;
            gate[gateAt + 3 * units + j] = o;
            cell.array()[cellAt + j] = c;
            output.array()[outputAt + j] = o * ScalarMath.tanh(c);
        }
    }

    /** The units of a row from {@code from} on. */
    static void lstmBackwardRow(
            int row, int from, Matrix gates, Matrix previousCell, Matrix cell, Matrix dOutput, Matrix dCell) {
        float[] gate = gates.array();
        int units = cell.columns();
        int gateAt = gates.index(row, 0);
        int before = previousCell.index(row, 0);
        int cellAt = cell.index(row, 0);
        int dOutputAt = dOutput.index(row, 0);
        int dCellAt = dCell.index(row, 0);
        for (int j = from; j < units; j++) {
            float i = gate[gateAt + j];
            float f = gate[gateAt + units + j];
            float g = gate[gateAt + 2 * units + j];
            float o = gate[gateAt + 3 * units + j];
            float dh = dOutput.array()[dOutputAt + j];
            float t = ScalarMath.tanh(cell.array()[cellAt + j]);
            float d = Math.fma(dh * o, Math.fma(-t, t, 1f), dCell.array()[dCellAt + j]);
            gate[gateAt + j] = d * g * (i * (1f - i));
            gate[gateAt + units + j] = d * previousCell.array()[before + j] * (f * (1f - f));
            gate[gateAt + 2 * units + j] = d * i * Math.fma(-g, g, 1f);
            gate[gateAt + 3 * units + j] = dh * t * (o * (1f - o));
            dCell.array()[dCellAt + j] = d * f;
        }
    }

    /** The units of a row from {@code from} on. */
    static void gruRow(
            int row, int from, Matrix gates, Matrix recurrent, Vector bias, Matrix previousOutput, Matrix output) {
        float[] gate = gates.array();
        float[] product = recurrent.array();
        int units = output.columns();
        int gateAt = gates.index(row, 0);
        int productAt = recurrent.index(row, 0);
        int before = previousOutput.index(row, 0);
        int outputAt = output.index(row, 0);
        for (int j = from; j < units; j++) {
            float r = ScalarMath.sigmoid(gate[gateAt + j] + product[productAt + j]);
            float z = ScalarMath.sigmoid(gate[gateAt + units + j] + product[productAt + units + j]);
            float un = product[productAt + 2 * units + j] + bias.array()[bias.offset() + j];
            float n = ScalarMath.tanh(Math.fma(r, un, gate[gateAt + 2 * units + j]));
            gate[gateAt + j] = r;
            gate[gateAt + units + j] = z;
            gate[gateAt + 2 * units + j] = n;
            product[productAt + 2 * units + j] = un;
            output.array()[outputAt + j] = Math.fma(z, previousOutput.array()[before + j] - n, n);
        }
    }

    /** The units of a row from {@code from} on. */
    static void gruBackwardRow(
            int row, int from, Matrix gates, Matrix recurrent, Matrix previousOutput, Matrix dOutput) {
        float[] gate = gates.array();
        float[] product = recurrent.array();
        int units = dOutput.columns();
        int gateAt = gates.index(row, 0);
        int productAt = recurrent.index(row, 0);
        int before = previousOutput.index(row, 0);
        int dOutputAt = dOutput.index(row, 0);
        for (int j = from; j < units; j++) {
            float r = gate[gateAt + j];
            float z = gate[gateAt + units + j];
            float n = gate[gateAt + 2 * units + j];
            float dh = dOutput.array()[dOutputAt + j];
            float dn = dh * (1f - z) * Math.fma(-n, n, 1f);
            float dr = dn * product[productAt + 2 * units + j] * (r * (1f - r));
            float dz = dh * (previousOutput.array()[before + j] - n) * (z * (1f - z));
            gate[gateAt + j] = dr;
            gate[gateAt + units + j] = dz;
            gate[gateAt + 2 * units + j] = dn;
            product[productAt + j] = dr;
            product[productAt + units + j] = dz;
            product[productAt + 2 * units + j] = dn * r;
            dOutput.array()[dOutputAt + j] = dh * z;
        }
    }
}
