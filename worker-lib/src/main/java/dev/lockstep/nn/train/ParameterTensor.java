package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.Reductions;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.ParameterRole;
import java.io.Serializable;

/**
 * What an update has to know of a parameter tensor. Its norm is computed from blocks of {@value Reductions#BLOCK}
 * elements that start again at each tensor, so that any holder of some of the blocks can supply their sums and the bits
 * stay the same.
 *
 * @param name its name in the network
 * @param offset index of its first element
 * @param length how many elements it has
 * @param columns length of its last dimension: for weights, the output units
 * @param weight whether penalties, weight decay and the bound on norms apply
 * @param table whether the bound is one on each row, a token's vector, not on each column
 * @param frozen whether no step changes it
 */
record ParameterTensor(String name, int offset, int length, int columns, boolean weight, boolean table, boolean frozen)
        implements Serializable {

    /** A tensor that is no table. */
    ParameterTensor(String name, int offset, int length, int columns, boolean weight) {
        this(name, offset, length, columns, weight, false, false);
    }

    /**
     * The tensor in a range.
     *
     * @param frozen whether no step changes it
     */
    static ParameterTensor of(ParameterRange range, boolean frozen) {
        return new ParameterTensor(
                range.name(),
                range.offset(),
                range.shape().size(),
                range.shape().last(),
                range.role().weight(),
                range.role() == ParameterRole.TABLE,
                frozen);
    }

    /** How many blocks it has. */
    int blocks() {
        return (length + Reductions.BLOCK - 1) / Reductions.BLOCK;
    }

    /** Scales the weights into each unit, or each token's vector, back to the bound where their norm is greater. */
    void bound(float[] theta, double maxNorm) {
        if (table) {
            boundRows(theta, maxNorm);
        } else {
            boundColumns(theta, maxNorm);
        }
    }

    private void boundRows(float[] theta, double maxNorm) {
        for (int row = offset; row < offset + length; row += columns) {
            double squares = 0;
            for (int j = 0; j < columns; j++) {
                squares += (double) theta[row + j] * theta[row + j];
            }
            if (squares > maxNorm * maxNorm) {
                float factor = (float) (maxNorm / Math.sqrt(squares));
                Kernels.get().elementwise().scale(factor, theta, row, theta, row, columns);
            }
        }
    }

    private void boundColumns(float[] theta, double maxNorm) {
        double[] squares = new double[columns];
        for (int row = offset; row < offset + length; row += columns) {
            for (int j = 0; j < columns; j++) {
                squares[j] += (double) theta[row + j] * theta[row + j];
            }
        }
        float[] factors = new float[columns];
        boolean any = false;
        for (int j = 0; j < columns; j++) {
            boolean longer = squares[j] > maxNorm * maxNorm;
            factors[j] = longer ? (float) (maxNorm / Math.sqrt(squares[j])) : 1f;
            any |= longer;
        }
        if (any) {
            Elementwise kernels = Kernels.get().elementwise();
            for (int row = offset; row < offset + length; row += columns) {
                kernels.multiply(theta, row, factors, 0, theta, row, columns);
            }
        }
    }
}
