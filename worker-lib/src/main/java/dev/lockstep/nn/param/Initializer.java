package dev.lockstep.nn.param;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;

/**
 * How a tensor begins. The numbers come from a counter-based stream of the tensor's own. For a tensor {@code [..., in,
 * out]} the fans are {@code in} and {@code out}, each times the product of the dimensions before them (the positions of
 * a convolution's kernel).
 */
public enum Initializer implements InitialValues {
    /** 0. */
    ZEROS {
        @Override
        public void fill(long key, Shape shape, float[] values, int offset) {
            Arrays.fill(values, offset, offset + shape.size(), 0f);
        }
    },
    /** 1. */
    ONES {
        @Override
        public void fill(long key, Shape shape, float[] values, int offset) {
            Arrays.fill(values, offset, offset + shape.size(), 1f);
        }
    },
    /** Uniform in {@code +-sqrt(6 / (fanIn + fanOut))} (Glorot and Bengio 2010). */
    GLOROT_UNIFORM {
        @Override
        public void fill(long key, Shape shape, float[] values, int offset) {
            uniform(key, Math.sqrt(6.0 / ((double) fanIn(shape) + fanOut(shape))), shape, values, offset);
        }
    },
    /** Normal with variance {@code 2 / (fanIn + fanOut)} (Glorot and Bengio 2010). */
    GLOROT_NORMAL {
        @Override
        public void fill(long key, Shape shape, float[] values, int offset) {
            normal(key, Math.sqrt(2.0 / ((double) fanIn(shape) + fanOut(shape))), shape, values, offset);
        }
    },
    /** Uniform in {@code +-sqrt(6 / fanIn)} (He et al. 2015), for ReLU. */
    HE_UNIFORM {
        @Override
        public void fill(long key, Shape shape, float[] values, int offset) {
            uniform(key, Math.sqrt(6.0 / fanIn(shape)), shape, values, offset);
        }
    },
    /** Normal with variance {@code 2 / fanIn} (He et al. 2015), for ReLU. */
    HE_NORMAL {
        @Override
        public void fill(long key, Shape shape, float[] values, int offset) {
            normal(key, Math.sqrt(2.0 / fanIn(shape)), shape, values, offset);
        }
    },
    /**
     * The tensor seen as a matrix {@code [fanIn, out]} has orthonormal rows or columns, whichever are fewer (Saxe et
     * al. 2014).
     */
    ORTHOGONAL {
        @Override
        public void fill(long key, Shape shape, float[] values, int offset) {
            normal(key, 1, shape, values, offset);
            Orthonormal.apply(fanIn(shape), shape.last(), values, offset);
        }
    };

    private static void uniform(long key, double limit, Shape shape, float[] values, int offset) {
        Kernels.get().random().uniform(key, 0, new Vector().at(values, offset, shape.size()));
        float width = (float) (2 * limit);
        float lowest = (float) -limit;
        for (int i = offset; i < offset + shape.size(); i++) {
            values[i] = Math.fma(values[i], width, lowest);
        }
    }

    private static void normal(long key, double deviation, Shape shape, float[] values, int offset) {
        Kernels.get().random().normal(key, 0, new Vector().at(values, offset, shape.size()));
        float factor = (float) deviation;
        for (int i = offset; i < offset + shape.size(); i++) {
            values[i] *= factor;
        }
    }

    private static int fanOut(Shape shape) {
        return shape.rank() < 2 ? shape.size() : shape.size() / shape.dimension(shape.rank() - 2);
    }

    /** How many elements add up in one unit. */
    static int fanIn(Shape shape) {
        return shape.size() / shape.last();
    }
}
