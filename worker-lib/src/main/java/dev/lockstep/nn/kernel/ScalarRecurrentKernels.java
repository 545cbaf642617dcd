package dev.lockstep.nn.kernel;

/**
 * {@link RecurrentKernels}, a row at a time; the vector twin replaces what is done along a row and leaves the end of it
 * to this one.
 */
class ScalarRecurrentKernels implements RecurrentKernels {
    @Override
    public final void lstm(
            int rows,
            int units,
            float[] gates,
            int gatesOffset,
            float[] previousCell,
            int previousCellOffset,
            float[] cell,
            int cellOffset,
            float[] output,
            int outputOffset) {
        for (int row = 0; row < rows; row++) {
            lstmRow(
                    0,
                    units,
                    gates,
                    gatesOffset + row * 4 * units,
                    previousCell,
                    previousCellOffset + row * units,
                    cell,
                    cellOffset + row * units,
                    output,
                    outputOffset + row * units);
        }
    }

    /** Units {@code from} to {@code units - 1} of one row of {@link #lstm}. */
    void lstmRow(
            int from,
            int units,
            float[] gates,
            int gatesOffset,
            float[] previousCell,
            int previousCellOffset,
            float[] cell,
            int cellOffset,
            float[] output,
            int outputOffset) {
        for (int j = from; j < units; j++) {
            float i = ScalarMath.sigmoid(gates[gatesOffset + j]);
            float f = ScalarMath.sigmoid(gates[gatesOffset + units + j]);
            float g = ScalarMath.tanh(gates[gatesOffset + 2 * units + j]);
            float o = ScalarMath.sigmoid(gates[gatesOffset + 3 * units + j]);
            float c = Math.fma(f, previousCell[previousCellOffset + j], i * g);
            gates[gatesOffset + j] = i;
            gates[gatesOffset + units + j] = f;
            gates[gatesOffset + 2 * units + j] = g;
            gates[gatesOffset + 3 * units + j] = o;
            cell[cellOffset + j] = c;
            output[outputOffset + j] = o * ScalarMath.tanh(c);
        }
    }

    @Override
    public final void lstmBackward(
            int rows,
            int units,
            float[] gates,
            int gatesOffset,
            float[] previousCell,
            int previousCellOffset,
            float[] cell,
            int cellOffset,
            float[] dOutput,
            int dOutputOffset,
            float[] dCell,
            int dCellOffset) {
        for (int row = 0; row < rows; row++) {
            lstmBackwardRow(
                    0,
                    units,
                    gates,
                    gatesOffset + row * 4 * units,
                    previousCell,
                    previousCellOffset + row * units,
                    cell,
                    cellOffset + row * units,
                    dOutput,
                    dOutputOffset + row * units,
                    dCell,
                    dCellOffset + row * units);
        }
    }

    /** Units {@code from} to {@code units - 1} of one row of {@link #lstmBackward}. */
    void lstmBackwardRow(
            int from,
            int units,
            float[] gates,
            int gatesOffset,
            float[] previousCell,
            int previousCellOffset,
            float[] cell,
            int cellOffset,
            float[] dOutput,
            int dOutputOffset,
            float[] dCell,
            int dCellOffset) {
        for (int j = from; j < units; j++) {
            float i = gates[gatesOffset + j];
            float f = gates[gatesOffset + units + j];
            float g = gates[gatesOffset + 2 * units + j];
            float o = gates[gatesOffset + 3 * units + j];
            float dh = dOutput[dOutputOffset + j];
            float t = ScalarMath.tanh(cell[cellOffset + j]);
            float d = Math.fma(dh * o, Math.fma(-t, t, 1f), dCell[dCellOffset + j]);
            gates[gatesOffset + j] = d * g * (i * (1f - i));
            gates[gatesOffset + units + j] = d * previousCell[previousCellOffset + j] * (f * (1f - f));
            gates[gatesOffset + 2 * units + j] = d * i * Math.fma(-g, g, 1f);
            gates[gatesOffset + 3 * units + j] = dh * t * (o * (1f - o));
            dCell[dCellOffset + j] = d * f;
        }
    }

    @Override
    public final void gru(
            int rows,
            int units,
            float[] gates,
            int gatesOffset,
            float[] recurrent,
            int recurrentOffset,
            float[] bias,
            int biasOffset,
            float[] previousOutput,
            int previousOutputOffset,
            float[] output,
            int outputOffset) {
        for (int row = 0; row < rows; row++) {
            gruRow(
                    0,
                    units,
                    gates,
                    gatesOffset + row * 3 * units,
                    recurrent,
                    recurrentOffset + row * 3 * units,
                    bias,
                    biasOffset,
                    previousOutput,
                    previousOutputOffset + row * units,
                    output,
                    outputOffset + row * units);
        }
    }

    /** Units {@code from} to {@code units - 1} of one row of {@link #gru}. */
    void gruRow(
            int from,
            int units,
            float[] gates,
            int gatesOffset,
            float[] recurrent,
            int recurrentOffset,
            float[] bias,
            int biasOffset,
            float[] previousOutput,
            int previousOutputOffset,
            float[] output,
            int outputOffset) {
        for (int j = from; j < units; j++) {
            float r = ScalarMath.sigmoid(gates[gatesOffset + j] + recurrent[recurrentOffset + j]);
            float z = ScalarMath.sigmoid(gates[gatesOffset + units + j] + recurrent[recurrentOffset + units + j]);
            float un = recurrent[recurrentOffset + 2 * units + j] + bias[biasOffset + j];
            float n = ScalarMath.tanh(Math.fma(r, un, gates[gatesOffset + 2 * units + j]));
            gates[gatesOffset + j] = r;
            gates[gatesOffset + units + j] = z;
            gates[gatesOffset + 2 * units + j] = n;
            recurrent[recurrentOffset + 2 * units + j] = un;
            output[outputOffset + j] = Math.fma(z, previousOutput[previousOutputOffset + j] - n, n);
        }
    }

    @Override
    public final void gruBackward(
            int rows,
            int units,
            float[] gates,
            int gatesOffset,
            float[] recurrent,
            int recurrentOffset,
            float[] previousOutput,
            int previousOutputOffset,
            float[] dOutput,
            int dOutputOffset) {
        for (int row = 0; row < rows; row++) {
            gruBackwardRow(
                    0,
                    units,
                    gates,
                    gatesOffset + row * 3 * units,
                    recurrent,
                    recurrentOffset + row * 3 * units,
                    previousOutput,
                    previousOutputOffset + row * units,
                    dOutput,
                    dOutputOffset + row * units);
        }
    }

    /** Units {@code from} to {@code units - 1} of one row of {@link #gruBackward}. */
    void gruBackwardRow(
            int from,
            int units,
            float[] gates,
            int gatesOffset,
            float[] recurrent,
            int recurrentOffset,
            float[] previousOutput,
            int previousOutputOffset,
            float[] dOutput,
            int dOutputOffset) {
        for (int j = from; j < units; j++) {
            float r = gates[gatesOffset + j];
            float z = gates[gatesOffset + units + j];
            float n = gates[gatesOffset + 2 * units + j];
            float dh = dOutput[dOutputOffset + j];
            float dn = dh * (1f - z) * Math.fma(-n, n, 1f);
            float dr = dn * recurrent[recurrentOffset + 2 * units + j] * (r * (1f - r));
            float dz = dh * (previousOutput[previousOutputOffset + j] - n) * (z * (1f - z));
            gates[gatesOffset + j] = dr;
            gates[gatesOffset + units + j] = dz;
            gates[gatesOffset + 2 * units + j] = dn;
            recurrent[recurrentOffset + j] = dr;
            recurrent[recurrentOffset + units + j] = dz;
            recurrent[recurrentOffset + 2 * units + j] = dn * r;
            dOutput[dOutputOffset + j] = dh * z;
        }
    }
}
