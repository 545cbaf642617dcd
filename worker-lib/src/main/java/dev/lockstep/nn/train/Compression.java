package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.CompressionKernels;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The compression of gradient sums. With {@code g(s)} the gradient sum over the rows of shard s in a step, every node
 * of the shard tree is
 *
 * <pre>{@code
 * node(s) = compress(g(s))
 * node(left, right) = round(node(left) + node(right))
 * }</pre>
 *
 * <p>no matter who computes it and whether or not it is sent, the root included; a shard without rows is absent, not
 * zero. So the bits do not depend on ranks and transports, but they are not those of another compression. Parameters,
 * running statistics and losses are never compressed.
 *
 * <p>The 16-bit formats round to nearest, ties to even. A sum of two numbers of 11 bits or fewer, rounded to float and
 * then to the format, is the exact sum rounded once: 24 bits are at least twice as many and two.
 */
public sealed interface Compression extends Serializable {

    /** What all nodes are rounded to, and how they travel. */
    GradientFormat format();

    /** Whether each shard keeps what it has not sent for later steps: one float a parameter. */
    default boolean keepsResiduals() {
        return false;
    }

    /**
     * Compresses one tensor of a shard's gradient sum.
     *
     * @param gradient updated: {@code compress(g)}
     * @param residual updated: what the shard has kept back; null where none is kept
     * @param offset where the tensor begins in both
     * @param counts overwritten: {@link CompressionKernels#COUNTS} ints of scratch memory
     */
    default void compress(float[] gradient, float @Nullable [] residual, int offset, int length, int[] counts) {
        format().round(gradient, offset, length);
    }

    /** Nothing: lossless. */
    @SpecName("none")
    record None() implements Compression {
        @Override
        public GradientFormat format() {
            return GradientFormat.FLOAT32;
        }
    }

    /** Half the bytes, the range of float, 8 bits of precision. */
    @SpecName("bfloat16")
    record Bfloat16() implements Compression {
        @Override
        public GradientFormat format() {
            return GradientFormat.BFLOAT16;
        }
    }

    /**
     * Half the bytes, 11 bits of precision, numbers up to 65,504. Nothing is scaled: ranks send sums over rows, which
     * are larger than the mean gradient by the number of rows, which keeps small ones above 2^-24 as a loss scale
     * would. A sum out of range ends the training with an error that names the step: to replace it, or to skip the
     * step, would hide that the format does not fit.
     */
    @SpecName("float16")
    record Float16() implements Compression {
        @Override
        public GradientFormat format() {
            return GradientFormat.FLOAT16;
        }
    }

    /**
     * The elements of greatest magnitude, with error feedback (Stich, Cordonnier and Jaggi 2018; Lin et al. 2018): each
     * shard adds to its gradient sum what it has kept back so far, sends {@code k = max(1, round(fraction n))} elements
     * of each tensor of n parameters, and keeps the others,
     *
     * <pre>{@code
     * a = g + e
     * node(s) = the k elements of a with the greatest magnitude; of equal ones those with the lower index; never zeros
     * e = a - node(s)
     * }</pre>
     *
     * <p>element by element and exactly, an element being sent whole or not at all. Inner nodes are sums, with as many
     * elements as their shards have sent. In a step in which a shard has no rows it sends nothing and keeps what it
     * has. Each tensor is treated on its own, because tensors differ in scale: in the whole vector the layer with the
     * largest gradients would take all of them.
     *
     * @param fraction of the elements that each shard sends, in (0, 1]; 0.01 unless given
     */
    @SpecName("topK")
    record TopK(Double fraction) implements Compression {
        public TopK {
            fraction = fraction == null ? 0.01 : fraction;
            if (!(fraction > 0 && fraction <= 1)) {
                throw Expect.failure("fraction", "a number above 0, at most 1", fraction);
            }
        }

        @Override
        public GradientFormat format() {
            return GradientFormat.SPARSE;
        }

        @Override
        public boolean keepsResiduals() {
            return true;
        }

        /** How many elements of a tensor a shard sends. */
        int kept(int length) {
            return (int) Math.max(1, Math.round(fraction * length));
        }

        @Override
        public void compress(float[] gradient, float @Nullable [] residual, int offset, int length, int[] counts) {
            Kernels.get()
                    .compression()
                    .keepGreatest(
                            kept(length), gradient, offset, Objects.requireNonNull(residual), offset, length, counts);
        }
    }
}
