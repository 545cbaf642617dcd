package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.kernel.Reductions;
import dev.lockstep.nn.optim.ElementwiseOptimizer;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;

/**
 * The update of a part of a tensor whose gradient is kept as rows. What is not among them has the gradient +0. Where
 * that changes a parameter or what the optimiser remembers of it, as momentum and decay do, all parameters are
 * {@linkplain #stepAll stepped}, to the bits of a gradient that is written out; otherwise, and in lazy updates, only
 * those that {@linkplain #stepRows have a gradient}. Works through a scratch memory that fits into the first cache.
 */
final class RowUpdate {
    /** Parameters that are stepped at once; a multiple of 16. */
    private static final int CHUNK = 1 << 12;

    private final int slots;
    private final float[] gradient = new float[CHUNK];
    private final float[] theta;
    private final float[] state;
    private final Vector gradientView = new Vector();
    private final Vector thetaView = new Vector();
    private final Matrix stateView = new Matrix();

    /**
     * For an optimiser.
     *
     * @param slots how many numbers it remembers of a parameter
     */
    RowUpdate(int slots) {
        this.slots = slots;
        theta = new float[CHUNK];
        state = new float[slots * CHUNK];
    }

    /**
     * Where the numbers of the parameters lie.
     *
     * @param theta all parameters
     * @param state the optimiser's slots
     * @param stateOffset where the first slot of parameter {@code from} lies
     * @param stride from a slot of a parameter to its next one
     * @param from a parameter
     */
    record Place(float[] theta, float[] state, int stateOffset, int stride, int from) {
        int slot(int slot, int parameter) {
            return stateOffset + slot * stride + parameter - from;
        }
    }

    /** Steps all parameters of the part. */
    void stepAll(ElementwiseOptimizer optimizer, TensorRule rule, GradientRows rows, Place place) {
        for (int from = rows.from(); from < rows.to(); from += CHUNK) {
            int length = Math.min(CHUNK, rows.to() - from);
            rows.copyTo(from, from + length, gradient, 0);
            gradientView.at(gradient, 0, length);
            thetaView.at(place.theta(), from, length);
            stateView.at(place.state(), place.slot(0, from), slots, length, Math.max(place.stride(), length));
            rule.prepare(thetaView, gradientView);
            optimizer.update(rule.step(), thetaView, gradientView, stateView);
        }
    }

    /** Steps the parameters that have a gradient: gathers some of them, steps these, and puts them back. */
    void stepRows(ElementwiseOptimizer optimizer, TensorRule rule, GradientRows rows, Place place) {
        int row = 0;
        int done = 0;
        while (row < rows.count()) {
            int firstRow = row;
            int firstDone = done;
            int filled = 0;
            while (row < rows.count() && filled < CHUNK) {
                int from = rows.start(row) + done;
                int length = Math.min(rows.end(row) - from, CHUNK - filled);
                gather(rows, row, done, length, filled, place);
                filled += length;
                done += length;
                if (from + length == rows.end(row)) {
                    row++;
                    done = 0;
                }
            }
            gradientView.at(gradient, 0, filled);
            thetaView.at(theta, 0, filled);
            stateView.at(state, 0, slots, filled, CHUNK);
            rule.prepare(thetaView, gradientView);
            optimizer.update(rule.step(), thetaView, gradientView, stateView);
            putBack(rows, firstRow, firstDone, filled, place);
        }
    }

    private void gather(GradientRows rows, int row, int done, int length, int at, Place place) {
        int from = rows.start(row) + done;
        System.arraycopy(rows.values(), rows.index(row) + done, gradient, at, length);
        System.arraycopy(place.theta(), from, theta, at, length);
        for (int slot = 0; slot < slots; slot++) {
            System.arraycopy(place.state(), place.slot(slot, from), state, slot * CHUNK + at, length);
        }
    }

    private void putBack(GradientRows rows, int firstRow, int firstDone, int filled, Place place) {
        int row = firstRow;
        int done = firstDone;
        for (int at = 0; at < filled; row++) {
            int from = rows.start(row) + done;
            int length = Math.min(rows.end(row) - from, filled - at);
            System.arraycopy(theta, at, place.theta(), from, length);
            for (int slot = 0; slot < slots; slot++) {
                System.arraycopy(state, slot * CHUNK + at, place.state(), place.slot(slot, from), length);
            }
            at += length;
            done = 0;
        }
    }

    /**
     * The sums of the squares of the part's blocks, as if the gradient were written out.
     *
     * @param rows of a part that begins where a block does
     * @param sums overwritten from {@code at} on: one number a block
     */
    static void blockSquares(GradientRows rows, double[] sums, int at) {
        int blocks = (rows.length() + Reductions.BLOCK - 1) / Reductions.BLOCK;
        Arrays.fill(sums, at, at + blocks, 0);
        float[] block = new float[Math.min(Reductions.BLOCK, rows.length())];
        int row = 0;
        int summed = rows.from();
        while (row < rows.count()) {
            int number = (Math.max(summed, rows.start(row)) - rows.from()) / Reductions.BLOCK;
            int from = rows.from() + number * Reductions.BLOCK;
            summed = Math.min(from + Reductions.BLOCK, rows.to());
            sums[at + number] = squares(rows, from, summed, block);
            while (row < rows.count() && rows.end(row) <= summed) {
                row++;
            }
        }
    }

    private static double squares(GradientRows rows, int from, int to, float[] block) {
        rows.copyTo(from, to, block, 0);
        return Kernels.get().reductions().sumOfSquares(block, 0, to - from);
    }
}
