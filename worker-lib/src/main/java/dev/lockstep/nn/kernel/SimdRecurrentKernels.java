package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RecurrentKernels} on vectors; what remains of a row is left to the scalar twin. A method has at most one
 * polynomial, at its beginning, and otherwise calls the vectors' own methods only: once a method has grown, C2 inlines
 * nothing else, and what goes in or out of a call is an object.
 */
final class SimdRecurrentKernels extends ScalarRecurrentKernels {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();
    private static final FloatVector ONE = FloatVector.broadcast(F, 1f);

    /** {@code x = sigmoid(x)}. */
    private static void sigmoids(int length, float[] x, int offset) {
        for (int at = offset; at < offset + length; at += L) {
            SimdMath.sigmoid(FloatVector.fromArray(F, x, at)).intoArray(x, at);
        }
    }

    /** {@code x = tanh(x)}. */
    private static void tangents(int length, float[] x, int offset) {
        for (int at = offset; at < offset + length; at += L) {
            SimdMath.tanh(FloatVector.fromArray(F, x, at)).intoArray(x, at);
        }
    }

    /** {@code x = sigmoid(x + y)}. */
    private static void sigmoidsOfSums(int length, float[] x, int xOffset, float[] y, int yOffset) {
        for (int j = 0; j < length; j += L) {
            SimdMath.sigmoid(FloatVector.fromArray(F, x, xOffset + j).add(FloatVector.fromArray(F, y, yOffset + j)))
                    .intoArray(x, xOffset + j);
        }
    }

    @Override
    void lstmRow(int row, Matrix gates, Matrix previousCell, Matrix cell, Matrix output) {
        float[] gate = gates.array();
        float[] previous = previousCell.array();
        float[] current = cell.array();
        int units = cell.columns();
        int bound = F.loopBound(units);
        int gateAt = gates.index(row, 0);
        int before = previousCell.index(row, 0);
        int cellAt = cell.index(row, 0);
        sigmoids(bound, gate, gateAt);
        sigmoids(bound, gate, gateAt + units);
        tangents(bound, gate, gateAt + 2 * units);
        sigmoids(bound, gate, gateAt + 3 * units);
        for (int j = 0; j < bound; j += L) {
            FloatVector i = FloatVector.fromArray(F, gate, gateAt + j);
            FloatVector f = FloatVector.fromArray(F, gate, gateAt + units + j);
            FloatVector g = FloatVector.fromArray(F, gate, gateAt + 2 * units + j);
            FloatVector c = f.fma(FloatVector.fromArray(F, previous, before + j), i.mul(g));
            c.intoArray(current, cellAt + j);
        }
        lstmOutputs(bound, gate, gateAt + 3 * units, current, cellAt, output.array(), output.index(row, 0));
        lstmRow(row, bound, gates, previousCell, cell, output);
    }

    /** {@code y = o tanh(c)}. */
    private static void lstmOutputs(
            int length, float[] o, int oOffset, float[] c, int cOffset, float[] y, int yOffset) {
        for (int j = 0; j < length; j += L) {
            FloatVector t = SimdMath.tanh(FloatVector.fromArray(F, c, cOffset + j));
            FloatVector.fromArray(F, o, oOffset + j).mul(t).intoArray(y, yOffset + j);
        }
    }

    @Override
    void lstmBackwardRow(int row, Matrix gates, Matrix previousCell, Matrix cell, Matrix dOutput, Matrix dCell) {
        float[] gate = gates.array();
        float[] current = cell.array();
        float[] outputGradient = dOutput.array();
        float[] cellGradient = dCell.array();
        int units = cell.columns();
        int bound = F.loopBound(units);
        int outputGate = gates.index(row, 3 * units);
        int cellAt = cell.index(row, 0);
        int dOutputAt = dOutput.index(row, 0);
        int dCellAt = dCell.index(row, 0);
        for (int j = 0; j < bound; j += L) {
            FloatVector t = SimdMath.tanh(FloatVector.fromArray(F, current, cellAt + j));
            FloatVector o = FloatVector.fromArray(F, gate, outputGate + j);
            FloatVector dh = FloatVector.fromArray(F, outputGradient, dOutputAt + j);
            FloatVector d = dh.mul(o).fma(t.neg().fma(t, ONE), FloatVector.fromArray(F, cellGradient, dCellAt + j));
            d.intoArray(cellGradient, dCellAt + j);
            dh.mul(t).mul(o.mul(ONE.sub(o))).intoArray(gate, outputGate + j);
        }
        lstmGateGradients(row, bound, gates, previousCell, dCell);
        lstmBackwardRow(row, bound, gates, previousCell, cell, dOutput, dCell);
    }

    /**
     * The gradients by the sums of the input and forget gates and the candidate, from those by the cell, which become
     * those by the cell before, for the units below {@code to}.
     */
    private static void lstmGateGradients(int row, int to, Matrix gates, Matrix previousCell, Matrix dCell) {
        float[] gate = gates.array();
        float[] previous = previousCell.array();
        float[] cellGradient = dCell.array();
        int units = dCell.columns();
        int gateAt = gates.index(row, 0);
        int before = previousCell.index(row, 0);
        int dCellAt = dCell.index(row, 0);
        for (int j = 0; j < to; j += L) {
            FloatVector i = FloatVector.fromArray(F, gate, gateAt + j);
            FloatVector f = FloatVector.fromArray(F, gate, gateAt + units + j);
            FloatVector g = FloatVector.fromArray(F, gate, gateAt + 2 * units + j);
            FloatVector d = FloatVector.fromArray(F, cellGradient, dCellAt + j);
            d.mul(g).mul(i.mul(ONE.sub(i))).intoArray(gate, gateAt + j);
            d.mul(FloatVector.fromArray(F, previous, before + j))
                    .mul(f.mul(ONE.sub(f)))
                    .intoArray(gate, gateAt + units + j);
            d.mul(i).mul(g.neg().fma(g, ONE)).intoArray(gate, gateAt + 2 * units + j);
            d.mul(f).intoArray(cellGradient, dCellAt + j);
        }
    }

    @Override
    void gruRow(int row, Matrix gates, Matrix recurrent, Vector bias, Matrix previousOutput, Matrix output) {
        float[] gate = gates.array();
        float[] product = recurrent.array();
        float[] biases = bias.array();
        float[] previous = previousOutput.array();
        float[] outputs = output.array();
        int units = output.columns();
        int bound = F.loopBound(units);
        int gateAt = gates.index(row, 0);
        int candidate = gateAt + 2 * units;
        int productAt = recurrent.index(row, 0);
        int candidateProduct = productAt + 2 * units;
        int biasAt = bias.offset();
        int before = previousOutput.index(row, 0);
        int outputAt = output.index(row, 0);
        sigmoidsOfSums(bound, gate, gateAt, product, productAt);
        sigmoidsOfSums(bound, gate, gateAt + units, product, productAt + units);
        for (int j = 0; j < bound; j += L) {
            FloatVector r = FloatVector.fromArray(F, gate, gateAt + j);
            FloatVector un = FloatVector.fromArray(F, product, candidateProduct + j)
                    .add(FloatVector.fromArray(F, biases, biasAt + j));
            r.fma(un, FloatVector.fromArray(F, gate, candidate + j)).intoArray(gate, candidate + j);
            un.intoArray(product, candidateProduct + j);
        }
        tangents(bound, gate, candidate);
        for (int j = 0; j < bound; j += L) {
            FloatVector z = FloatVector.fromArray(F, gate, gateAt + units + j);
            FloatVector n = FloatVector.fromArray(F, gate, candidate + j);
            z.fma(FloatVector.fromArray(F, previous, before + j).sub(n), n).intoArray(outputs, outputAt + j);
        }
        gruRow(row, bound, gates, recurrent, bias, previousOutput, output);
    }

    @Override
    void gruBackwardRow(int row, Matrix gates, Matrix recurrent, Matrix previousOutput, Matrix dOutput) {
        float[] gate = gates.array();
        float[] product = recurrent.array();
        float[] previous = previousOutput.array();
        float[] outputGradient = dOutput.array();
        int units = dOutput.columns();
        int bound = F.loopBound(units);
        int gateAt = gates.index(row, 0);
        int productAt = recurrent.index(row, 0);
        int before = previousOutput.index(row, 0);
        int dOutputAt = dOutput.index(row, 0);
        for (int j = 0; j < bound; j += L) {
            FloatVector r = FloatVector.fromArray(F, gate, gateAt + j);
            FloatVector z = FloatVector.fromArray(F, gate, gateAt + units + j);
            FloatVector n = FloatVector.fromArray(F, gate, gateAt + 2 * units + j);
            FloatVector dh = FloatVector.fromArray(F, outputGradient, dOutputAt + j);
            FloatVector dn = dh.mul(ONE.sub(z)).mul(n.neg().fma(n, ONE));
            FloatVector dr = dn.mul(FloatVector.fromArray(F, product, productAt + 2 * units + j))
                    .mul(r.mul(ONE.sub(r)));
            FloatVector dz = dh.mul(
                            FloatVector.fromArray(F, previous, before + j).sub(n))
                    .mul(z.mul(ONE.sub(z)));
            dr.intoArray(gate, gateAt + j);
            dz.intoArray(gate, gateAt + units + j);
            dn.intoArray(gate, gateAt + 2 * units + j);
            dr.intoArray(product, productAt + j);
            dz.intoArray(product, productAt + units + j);
            dn.mul(r).intoArray(product, productAt + 2 * units + j);
            dh.mul(z).intoArray(outputGradient, dOutputAt + j);
        }
        gruBackwardRow(row, bound, gates, recurrent, previousOutput, dOutput);
    }
}
