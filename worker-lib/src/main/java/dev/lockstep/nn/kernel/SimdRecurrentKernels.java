package dev.lockstep.nn.kernel;

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
        int bound = F.loopBound(units);
        sigmoids(bound - from, gates, gatesOffset + from);
        sigmoids(bound - from, gates, gatesOffset + units + from);
        tangents(bound - from, gates, gatesOffset + 2 * units + from);
        sigmoids(bound - from, gates, gatesOffset + 3 * units + from);
        for (int j = from; j < bound; j += L) {
            FloatVector i = FloatVector.fromArray(F, gates, gatesOffset + j);
            FloatVector f = FloatVector.fromArray(F, gates, gatesOffset + units + j);
            FloatVector g = FloatVector.fromArray(F, gates, gatesOffset + 2 * units + j);
            FloatVector c = f.fma(FloatVector.fromArray(F, previousCell, previousCellOffset + j), i.mul(g));
            c.intoArray(cell, cellOffset + j);
        }
        lstmOutputs(
                bound - from,
                gates,
                gatesOffset + 3 * units + from,
                cell,
                cellOffset + from,
                output,
                outputOffset + from);
        super.lstmRow(
                bound,
                units,
                gates,
                gatesOffset,
                previousCell,
                previousCellOffset,
                cell,
                cellOffset,
                output,
                outputOffset);
    }

    @Override
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
        int bound = F.loopBound(units);
        for (int j = from; j < bound; j += L) {
            FloatVector t = SimdMath.tanh(FloatVector.fromArray(F, cell, cellOffset + j));
            FloatVector o = FloatVector.fromArray(F, gates, gatesOffset + 3 * units + j);
            FloatVector dh = FloatVector.fromArray(F, dOutput, dOutputOffset + j);
            FloatVector d = dh.mul(o).fma(t.neg().fma(t, ONE), FloatVector.fromArray(F, dCell, dCellOffset + j));
            d.intoArray(dCell, dCellOffset + j);
            dh.mul(t).mul(o.mul(ONE.sub(o))).intoArray(gates, gatesOffset + 3 * units + j);
        }
        lstmGateGradients(from, bound, units, gates, gatesOffset, previousCell, previousCellOffset, dCell, dCellOffset);
        super.lstmBackwardRow(
                bound,
                units,
                gates,
                gatesOffset,
                previousCell,
                previousCellOffset,
                cell,
                cellOffset,
                dOutput,
                dOutputOffset,
                dCell,
                dCellOffset);
    }

    /** {@code y = o tanh(c)}. */
    private static void lstmOutputs(
            int length, float[] o, int oOffset, float[] c, int cOffset, float[] y, int yOffset) {
        for (int j = 0; j < length; j += L) {
            FloatVector t = SimdMath.tanh(FloatVector.fromArray(F, c, cOffset + j));
            FloatVector.fromArray(F, o, oOffset + j).mul(t).intoArray(y, yOffset + j);
        }
    }

    /**
     * The gradients by the sums of the input and forget gates and the candidate, from those by the cell, which become
     * those by the cell before.
     */
    private static void lstmGateGradients(
            int from,
            int to,
            int units,
            float[] gates,
            int gatesOffset,
            float[] previousCell,
            int previousCellOffset,
            float[] dCell,
            int dCellOffset) {
        for (int j = from; j < to; j += L) {
            FloatVector i = FloatVector.fromArray(F, gates, gatesOffset + j);
            FloatVector f = FloatVector.fromArray(F, gates, gatesOffset + units + j);
            FloatVector g = FloatVector.fromArray(F, gates, gatesOffset + 2 * units + j);
            FloatVector d = FloatVector.fromArray(F, dCell, dCellOffset + j);
            d.mul(g).mul(i.mul(ONE.sub(i))).intoArray(gates, gatesOffset + j);
            d.mul(FloatVector.fromArray(F, previousCell, previousCellOffset + j))
                    .mul(f.mul(ONE.sub(f)))
                    .intoArray(gates, gatesOffset + units + j);
            d.mul(i).mul(g.neg().fma(g, ONE)).intoArray(gates, gatesOffset + 2 * units + j);
            d.mul(f).intoArray(dCell, dCellOffset + j);
        }
    }

    @Override
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
        int bound = F.loopBound(units);
        sigmoidsOfSums(bound - from, gates, gatesOffset + from, recurrent, recurrentOffset + from);
        sigmoidsOfSums(bound - from, gates, gatesOffset + units + from, recurrent, recurrentOffset + units + from);
        for (int j = from; j < bound; j += L) {
            FloatVector r = FloatVector.fromArray(F, gates, gatesOffset + j);
            FloatVector un = FloatVector.fromArray(F, recurrent, recurrentOffset + 2 * units + j)
                    .add(FloatVector.fromArray(F, bias, biasOffset + j));
            r.fma(un, FloatVector.fromArray(F, gates, gatesOffset + 2 * units + j))
                    .intoArray(gates, gatesOffset + 2 * units + j);
            un.intoArray(recurrent, recurrentOffset + 2 * units + j);
        }
        tangents(bound - from, gates, gatesOffset + 2 * units + from);
        for (int j = from; j < bound; j += L) {
            FloatVector z = FloatVector.fromArray(F, gates, gatesOffset + units + j);
            FloatVector n = FloatVector.fromArray(F, gates, gatesOffset + 2 * units + j);
            z.fma(
                            FloatVector.fromArray(F, previousOutput, previousOutputOffset + j)
                                    .sub(n),
                            n)
                    .intoArray(output, outputOffset + j);
        }
        super.gruRow(
                bound,
                units,
                gates,
                gatesOffset,
                recurrent,
                recurrentOffset,
                bias,
                biasOffset,
                previousOutput,
                previousOutputOffset,
                output,
                outputOffset);
    }

    @Override
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
        int bound = F.loopBound(units);
        for (int j = from; j < bound; j += L) {
            FloatVector r = FloatVector.fromArray(F, gates, gatesOffset + j);
            FloatVector z = FloatVector.fromArray(F, gates, gatesOffset + units + j);
            FloatVector n = FloatVector.fromArray(F, gates, gatesOffset + 2 * units + j);
            FloatVector dh = FloatVector.fromArray(F, dOutput, dOutputOffset + j);
            FloatVector dn = dh.mul(ONE.sub(z)).mul(n.neg().fma(n, ONE));
            FloatVector dr = dn.mul(FloatVector.fromArray(F, recurrent, recurrentOffset + 2 * units + j))
                    .mul(r.mul(ONE.sub(r)));
            FloatVector dz = dh.mul(FloatVector.fromArray(F, previousOutput, previousOutputOffset + j)
                            .sub(n))
                    .mul(z.mul(ONE.sub(z)));
            dr.intoArray(gates, gatesOffset + j);
            dz.intoArray(gates, gatesOffset + units + j);
            dn.intoArray(gates, gatesOffset + 2 * units + j);
            dr.intoArray(recurrent, recurrentOffset + j);
            dz.intoArray(recurrent, recurrentOffset + units + j);
            dn.mul(r).intoArray(recurrent, recurrentOffset + 2 * units + j);
            dh.mul(z).intoArray(dOutput, dOutputOffset + j);
        }
        super.gruBackwardRow(
                bound,
                units,
                gates,
                gatesOffset,
                recurrent,
                recurrentOffset,
                previousOutput,
                previousOutputOffset,
                dOutput,
                dOutputOffset);
    }
}
