package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link RecurrentKernels} on vectors; what remains of a row is left to the scalar twin. */
final class SimdRecurrentKernels extends ScalarRecurrentKernels {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();
    private static final FloatVector ONE = FloatVector.broadcast(F, 1f);

    private static FloatVector load(float[] x, int offset) {
        return FloatVector.fromArray(F, x, offset);
    }

    /** {@code s * (1 - s)}. */
    private static FloatVector sigmoidSlope(FloatVector s) {
        return s.mul(ONE.sub(s));
    }

    /** {@code fma(-t, t, 1)}. */
    private static FloatVector tanhSlope(FloatVector t) {
        return t.neg().fma(t, ONE);
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
        for (int j = from; j < bound; j += L) {
            FloatVector i = SimdMath.sigmoid(load(gates, gatesOffset + j));
            FloatVector f = SimdMath.sigmoid(load(gates, gatesOffset + units + j));
            FloatVector g = SimdMath.tanh(load(gates, gatesOffset + 2 * units + j));
            FloatVector o = SimdMath.sigmoid(load(gates, gatesOffset + 3 * units + j));
            FloatVector c = f.fma(load(previousCell, previousCellOffset + j), i.mul(g));
            i.intoArray(gates, gatesOffset + j);
            f.intoArray(gates, gatesOffset + units + j);
            g.intoArray(gates, gatesOffset + 2 * units + j);
            o.intoArray(gates, gatesOffset + 3 * units + j);
            c.intoArray(cell, cellOffset + j);
            o.mul(SimdMath.tanh(c)).intoArray(output, outputOffset + j);
        }
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
            FloatVector i = load(gates, gatesOffset + j);
            FloatVector f = load(gates, gatesOffset + units + j);
            FloatVector g = load(gates, gatesOffset + 2 * units + j);
            FloatVector o = load(gates, gatesOffset + 3 * units + j);
            FloatVector dh = load(dOutput, dOutputOffset + j);
            FloatVector t = SimdMath.tanh(load(cell, cellOffset + j));
            FloatVector d = dh.mul(o).fma(tanhSlope(t), load(dCell, dCellOffset + j));
            d.mul(g).mul(sigmoidSlope(i)).intoArray(gates, gatesOffset + j);
            d.mul(load(previousCell, previousCellOffset + j))
                    .mul(sigmoidSlope(f))
                    .intoArray(gates, gatesOffset + units + j);
            d.mul(i).mul(tanhSlope(g)).intoArray(gates, gatesOffset + 2 * units + j);
            dh.mul(t).mul(sigmoidSlope(o)).intoArray(gates, gatesOffset + 3 * units + j);
            d.mul(f).intoArray(dCell, dCellOffset + j);
        }
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
        for (int j = from; j < bound; j += L) {
            FloatVector r = SimdMath.sigmoid(load(gates, gatesOffset + j).add(load(recurrent, recurrentOffset + j)));
            FloatVector z = SimdMath.sigmoid(
                    load(gates, gatesOffset + units + j).add(load(recurrent, recurrentOffset + units + j)));
            FloatVector un = load(recurrent, recurrentOffset + 2 * units + j).add(load(bias, biasOffset + j));
            FloatVector n = SimdMath.tanh(r.fma(un, load(gates, gatesOffset + 2 * units + j)));
            r.intoArray(gates, gatesOffset + j);
            z.intoArray(gates, gatesOffset + units + j);
            n.intoArray(gates, gatesOffset + 2 * units + j);
            un.intoArray(recurrent, recurrentOffset + 2 * units + j);
            z.fma(load(previousOutput, previousOutputOffset + j).sub(n), n).intoArray(output, outputOffset + j);
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
            FloatVector r = load(gates, gatesOffset + j);
            FloatVector z = load(gates, gatesOffset + units + j);
            FloatVector n = load(gates, gatesOffset + 2 * units + j);
            FloatVector dh = load(dOutput, dOutputOffset + j);
            FloatVector dn = dh.mul(ONE.sub(z)).mul(tanhSlope(n));
            FloatVector dr =
                    dn.mul(load(recurrent, recurrentOffset + 2 * units + j)).mul(sigmoidSlope(r));
            FloatVector dz = dh.mul(
                            load(previousOutput, previousOutputOffset + j).sub(n))
                    .mul(sigmoidSlope(z));
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
