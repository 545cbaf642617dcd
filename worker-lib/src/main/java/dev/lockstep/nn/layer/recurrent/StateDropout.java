package dev.lockstep.nn.layer.recurrent;

import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Dropout on the way from state to state (Gal and Ghahramani 2016): the recurrent product is {@code (m h') U}, with one
 * mask {@code m [units]} a row for all steps, whose elements are 0 with probability {@code rate}, else {@code 1 / (1 -
 * rate)}. What else the state enters, a GRU's {@code z h'} or the output, stays whole.
 *
 * @param rate in (0, 1)
 * @param stream number of the random streams
 */
public record StateDropout(float rate, int stream) {

    /** The masks of one thread; without dropout they let all through. */
    static final class Masks {
        private final @Nullable StateDropout dropout;
        private final int units;
        private final long[] keys;
        private final float[] ones;
        /** {@code [places, units]}: the masks of rows in the order of {@link SequencePlan}. */
        private final float[] masks;
        /** Masked states, in the places of the states. */
        private final float[] states;
        /** Gradients by masked states. */
        private final float[] gradients;

        private final Vector source = new Vector();
        private final Vector target = new Vector();
        private boolean drops;

        /** Masks for so many rows, and states in an array of a length. */
        Masks(@Nullable StateDropout dropout, int units, int maxRows, int statesLength) {
            this.dropout = dropout;
            this.units = units;
            int rows = dropout == null ? 0 : maxRows;
            keys = new long[rows];
            ones = new float[units];
            Arrays.fill(ones, 1f);
            masks = new float[rows * units];
            gradients = new float[rows * units];
            states = new float[dropout == null ? 0 : statesLength];
        }

        /** Draws the masks of a pass. */
        void draw(Pass pass, SequencePlan plan) {
            drops = dropout != null && pass.random();
            if (dropout == null || !drops) {
                return;
            }
            pass.streamKeys(Purpose.DROPOUT, dropout.stream(), keys);
            source.at(ones, 0, units);
            for (int place = 0; place < plan.rows(); place++) {
                target.at(masks, place * units, units);
                Kernels.get().random().dropout(keys[plan.row(place)], 0, dropout.rate(), source, target);
            }
        }

        /** Masks the states of the first places, from {@code offset} on; {@link #states} then has them. */
        void apply(float[] outputs, int offset, int rows) {
            if (drops) {
                Kernels.get().elementwise().multiply(outputs, offset, masks, 0, states, offset, rows * units);
            }
        }

        /** The states as the recurrent product sees them. */
        float[] states(float[] outputs) {
            return drops ? states : outputs;
        }

        /** Where the gradients by these go; if it is not {@code dOutput}, {@link #chain} brings them there. */
        float[] gradients(float[] dOutput) {
            return drops ? gradients : dOutput;
        }

        /** Whether gradients by states come in by {@link #chain}. */
        boolean drops() {
            return drops;
        }

        /**
         * Turns gradients by the masked states of the first places into those by the states.
         *
         * @param dOutput overwritten, or accumulated into
         * @param add which of both
         */
        void chain(float[] dOutput, int rows, boolean add) {
            Elementwise kernels = Kernels.get().elementwise();
            if (add) {
                kernels.multiplyAdd(gradients, 0, masks, 0, dOutput, 0, rows * units);
            } else {
                kernels.multiply(gradients, 0, masks, 0, dOutput, 0, rows * units);
            }
        }
    }
}
