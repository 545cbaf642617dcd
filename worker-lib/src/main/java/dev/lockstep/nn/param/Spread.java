package dev.lockstep.nn.param;

import dev.lockstep.nn.kernel.Elementwise;
import dev.lockstep.nn.kernel.Epilogue;
import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Vector;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distribution of the parameters of a trained network around {@code theta}: the posterior that predictive samples
 * draw from, in one form whatever it comes from. Each block is a range of the vector, in which sample {@code s} has
 *
 * <pre>{@code
 * theta_s = theta + d z + sum_j c_j D_j
 * }</pre>
 *
 * <p>with deviations {@code d}, directions {@code D_j} and standard normal numbers {@code z}, {@code c}; or, where the
 * directions lead to parameters that were kept, with {@code D_j} alone for {@code j = (s - 1) mod rank}. A block may
 * also be a matrix {@code U M V^T} with deviations of the elements of {@code M} ({@link Block#units}). Parameters
 * outside the blocks are those of theta. The numbers follow from the seed and {@code s}: a sample is one network for
 * all rows.
 *
 * @param form what the values are
 * @param values of each block in turn: its deviations if it has them, then its directions, each as long as the block
 */
public record Spread(Form form, float[] values) implements Serializable {
    /** Key part in place of a shard: what is drawn once for all rows. */
    private static final long WEIGHTS = -1;

    /** Key part in place of a layer: the parameters of all layers together. */
    private static final long ALL_LAYERS = -1;

    /** Checks the number of values. */
    public Spread {
        if (values.length != form.size()) {
            throw new IllegalArgumentException(
                    "expected " + form.size() + " numbers of a posterior, got " + values.length);
        }
    }

    /** The use of the directions in a sample. */
    public enum Draw {
        /** All of them, with normal factors. */
        GAUSSIAN,
        /** One of them. */
        KEPT
    }

    /**
     * The kinds of values of a spread, as in {@code model.json}.
     *
     * @param draw how a sample uses the directions
     * @param blocks ranges of the parameters, in order, without overlap
     */
    public record Form(Draw draw, List<Block> blocks) implements Serializable {
        /** Checks that the blocks do not overlap. */
        public Form {
            Expect.present("draw", draw);
            blocks = new ArrayList<>(Expect.notEmpty("blocks", blocks));
            int end = 0;
            for (Block block : blocks) {
                if (block.offset() < end) {
                    throw new IllegalArgumentException(
                            "blocks: expected ranges in order, got one at " + block.offset() + " before " + end);
                }
                end = Math.addExact(block.offset(), block.length());
            }
        }

        /** How many values there are. */
        public int size() {
            long size = 0;
            for (Block block : blocks) {
                size += block.size();
            }
            return Math.toIntExact(size);
        }

        /** The tensors that the values are, in order: their names and shapes. */
        public Map<String, Shape> tensors() {
            Map<String, Shape> tensors = new LinkedHashMap<>();
            for (int i = 0; i < blocks.size(); i++) {
                Block block = blocks.get(i);
                String name = "posterior_" + (i + 1);
                if (block.units() != null) {
                    tensors.put(name + ".inputs", Shape.of(block.rows(), block.rows()));
                }
                if (block.deviations()) {
                    tensors.put(name + ".deviations", Shape.of(block.length()));
                }
                if (block.rank() > 0) {
                    tensors.put(name + ".directions", Shape.of(block.rank(), block.length()));
                }
                if (block.units() != null) {
                    tensors.put(name + ".outputs", Shape.of(block.columns(), block.columns()));
                }
            }
            return tensors;
        }

        /** After the last parameter that is distributed. */
        public int end() {
            Block last = blocks.get(blocks.size() - 1);
            return last.offset() + last.length();
        }
    }

    /**
     * A range of the parameters.
     *
     * @param offset its first parameter
     * @param length how many
     * @param rank how many directions
     * @param deviations whether each parameter has a deviation of its own
     * @param units where the deviations are those of a matrix {@code M [length / units, units]} of which the parameters
     *     are {@code U M V^T}, with {@code U} and {@code V} orthogonal: how many columns it has; null: they are the
     *     parameters' own
     */
    public record Block(
            int offset,
            int length,
            int rank,
            boolean deviations,
            @Nullable Integer units) implements Serializable {
        /** Checks. */
        public Block {
            Expect.atLeast("offset", offset, 0);
            Expect.atLeast("length", length, 1);
            Expect.atLeast("rank", rank, 0);
            if (units != null && (Expect.atLeast("units", units, 1) > length || length % units != 0)) {
                throw Expect.failure("units", "a divisor of length " + length, units);
            }
            if (units != null && !(deviations && rank == 0)) {
                throw Expect.failure("units", "none without deviations or with directions", units);
            }
        }

        /** Parameters with deviations or directions of their own. */
        public Block(int offset, int length, int rank, boolean deviations) {
            this(offset, length, rank, deviations, null);
        }

        /**
         * A matrix of parameters, {@code U M V^T}: the values are {@code U [rows, rows]}, the deviations of {@code M},
         * {@code V [units, units]}.
         */
        public static Block factored(int offset, int rows, int units) {
            return new Block(offset, Math.multiplyExact(rows, units), 0, true, units);
        }

        private int rows() {
            return units == null ? 0 : length / units;
        }

        private int columns() {
            return units == null ? 0 : units;
        }

        private long size() {
            return (rank + (deviations ? 1L : 0L)) * length + (long) rows() * rows() + (long) columns() * columns();
        }
    }

    /**
     * The parameters of a sample.
     *
     * @param seed the job's seed
     * @param sample its number, from 1
     * @param theta read: all parameters, about which they are distributed
     * @param drawn as long; overwritten
     */
    void draw(long seed, long sample, float[] theta, float[] drawn) {
        System.arraycopy(theta, 0, drawn, 0, theta.length);
        int at = 0;
        for (int i = 0; i < form.blocks().size(); i++) {
            Block block = form.blocks().get(i);
            if (block.units() != null) {
                turn(key(seed, sample, 2L * i), block, at, drawn);
                at += Math.toIntExact(block.size());
                continue;
            }
            if (block.deviations()) {
                deviate(key(seed, sample, 2L * i), block, at, drawn);
                at += block.length();
            }
            if (block.rank() > 0) {
                combine(factors(key(seed, sample, 2L * i + 1), sample, block.rank()), block, at, drawn);
            }
            at += block.rank() * block.length();
        }
    }

    private static long key(long seed, long sample, long stream) {
        return StreamKey.key(seed, Purpose.PREDICTIVE_WEIGHTS, sample, WEIGHTS, stream, ALL_LAYERS);
    }

    private void deviate(long key, Block block, int at, float[] drawn) {
        float[] noise = new float[block.length()];
        Kernels.get().random().normal(key, 0, Vector.of(noise));
        Kernels.get().elementwise().multiplyAdd(noise, 0, values, at, drawn, block.offset(), block.length());
    }

    /** Draws the matrix and turns it, {@code U M V^T}. */
    private void turn(long key, Block block, int at, float[] drawn) {
        int rows = block.rows();
        int columns = block.columns();
        int deviations = at + rows * rows;
        float[] noise = new float[block.length()];
        float[] turned = new float[block.length()];
        Kernels.get().random().normal(key, 0, Vector.of(noise));
        for (int i = 0; i < noise.length; i++) {
            noise[i] *= values[deviations + i];
        }
        Gemm gemm = Kernels.get().newGemm();
        gemm.multiply(
                new Matrix().at(values, at, rows, rows),
                new Matrix().at(noise, 0, rows, columns),
                new Matrix().at(turned, 0, rows, columns),
                Epilogue.OVERWRITE,
                null);
        gemm.multiply(
                new Matrix().at(turned, 0, rows, columns),
                new Matrix().transposedAt(values, deviations + block.length(), columns, columns),
                new Matrix().at(drawn, block.offset(), rows, columns),
                Epilogue.ACCUMULATE,
                null);
    }

    private float[] factors(long key, long sample, int rank) {
        float[] factors = new float[rank];
        if (form.draw() == Draw.KEPT) {
            factors[(int) ((sample - 1) % rank)] = 1;
        } else {
            Kernels.get().random().normal(key, 0, Vector.of(factors));
        }
        return factors;
    }

    private void combine(float[] factors, Block block, int at, float[] drawn) {
        Elementwise elementwise = Kernels.get().elementwise();
        for (int j = 0; j < factors.length; j++) {
            if (factors[j] != 0) {
                elementwise.axpy(factors[j], values, at + j * block.length(), drawn, block.offset(), block.length());
            }
        }
    }
}
