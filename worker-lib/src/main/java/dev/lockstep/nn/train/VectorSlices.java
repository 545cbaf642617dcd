package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Reductions;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The flat vector of parameters cut into consecutive slices, each with an owner, who adds up the gradients of the slice
 * and steps the optimiser on it. The vector is cut into buckets, and each bucket into a slice a rank: the backward pass
 * completes one bucket after the other, from the last to the first, and every rank has its part of the work on each.
 *
 * <p>Every cut lies where a block of {@value Reductions#BLOCK} elements begins, counted again from the start of each
 * tensor, so that a norm is a sum of whole blocks no matter who owns them. Slices can be empty.
 */
public final class VectorSlices {
    /** Floats of a slice, without which a bucket gets another tensor: smaller messages are no cheaper. */
    static final int LEAST = 1 << 14;

    /** Floats of a slice beyond which a bucket is cut in two, so that one is on its way while the other is added up. */
    static final int MOST = 1 << 20;

    private final int ranks;
    private final int[] start;

    private VectorSlices(int ranks, int[] start) {
        this.ranks = ranks;
        this.start = start;
    }

    /** One bucket: the slices are as long as can be. */
    static VectorSlices whole(List<ParameterTensor> tensors, int ranks) {
        return cut(tensors, ranks, List.of(0, length(tensors)));
    }

    /** Buckets of whole tensors, from the last one on; parts of a tensor where it is long. */
    static VectorSlices bucketed(List<ParameterTensor> tensors, int ranks) {
        long least = (long) LEAST * ranks;
        long most = (long) MOST * ranks;
        Deque<Integer> bounds = new ArrayDeque<>(List.of(length(tensors)));
        for (int i = tensors.size() - 1; i >= 0; i--) {
            int from = tensors.get(i).offset();
            long length = (long) bounds.getFirst() - from;
            if (i > 0 && length < least) {
                continue;
            }
            long parts = (length + most - 1) / most;
            for (long part = parts - 1; part > 0; part--) {
                bounds.addFirst(nearestBlock(tensors, (int) (from + length * part / parts)));
            }
            bounds.addFirst(from);
        }
        return cut(tensors, ranks, List.copyOf(bounds));
    }

    /** Buckets between bounds, each cut into slices whose lengths differ as little as the blocks allow. */
    private static VectorSlices cut(List<ParameterTensor> tensors, int ranks, List<Integer> bounds) {
        int buckets = bounds.size() - 1;
        int[] start = new int[buckets * ranks + 1];
        start[buckets * ranks] = bounds.get(buckets);
        for (int bucket = 0; bucket < buckets; bucket++) {
            int from = bounds.get(bucket);
            long length = (long) bounds.get(bucket + 1) - from;
            start[bucket * ranks] = from;
            for (int rank = 1; rank < ranks; rank++) {
                start[bucket * ranks + rank] = nearestBlock(tensors, (int) (from + length * rank / ranks));
            }
        }
        return new VectorSlices(ranks, start);
    }

    private static int length(List<ParameterTensor> tensors) {
        ParameterTensor last = tensors.get(tensors.size() - 1);
        return last.offset() + last.length();
    }

    /** The beginning of a block, or the vector's end, that is nearest to an index; the lower of two. */
    private static int nearestBlock(List<ParameterTensor> tensors, int index) {
        for (ParameterTensor tensor : tensors) {
            if (tensor.offset() <= index && index < tensor.offset() + tensor.length()) {
                int inside = index - tensor.offset();
                int below = tensor.offset() + inside - inside % Reductions.BLOCK;
                int above = Math.min(below + Reductions.BLOCK, tensor.offset() + tensor.length());
                return index - below <= above - index ? below : above;
            }
        }
        return length(tensors);
    }

    /** How many slices there are. */
    public int count() {
        return start.length - 1;
    }

    /** How many owners there are. */
    public int ranks() {
        return ranks;
    }

    /** Who owns a slice. */
    public int owner(int slice) {
        return slice % ranks;
    }

    /** The first slice of the bucket to which a slice belongs. */
    int firstOfBucket(int slice) {
        return slice - owner(slice);
    }

    /** The slices that a rank owns, in their order. */
    public List<Integer> of(int rank) {
        return IntStream.iterate(rank, slice -> slice < count(), slice -> slice + ranks)
                .boxed()
                .toList();
    }

    /**
     * The parts of one or several whole vectors that a rank owns: slice after slice, and in each vector after vector.
     */
    public float[] owned(int rank, float[] vectors) {
        float[] owned = new float[ownedLength(rank, vectors.length)];
        forEachOwned(rank, vectors.length, (from, at, length) -> System.arraycopy(vectors, from, owned, at, length));
        return owned;
    }

    /** Puts the parts that {@link #owned} has taken back where they were. */
    public void putOwned(int rank, float[] owned, float[] vectors) {
        forEachOwned(rank, vectors.length, (from, at, length) -> System.arraycopy(owned, at, vectors, from, length));
    }

    /**
     * How many floats of one or several whole vectors a rank owns.
     *
     * @param vectorsLength how many the vectors have together
     */
    public int ownedLength(int rank, int vectorsLength) {
        long owned = 0;
        for (int slice : of(rank)) {
            owned += length(slice);
        }
        // No more than all vectors have together.
        return (int) (vectorsLength / to(count() - 1) * owned);
    }

    /**
     * The parts of one or several whole vectors that a rank owns, in the order of {@link #owned}.
     *
     * @param vectorsLength how many floats the vectors have together
     */
    public void forEachOwned(int rank, int vectorsLength, Part part) {
        int vectors = vectorsLength / to(count() - 1);
        int at = 0;
        for (int slice : of(rank)) {
            for (int vector = 0; vector < vectors; vector++) {
                part.accept(vector * to(count() - 1) + from(slice), at, length(slice));
                at += length(slice);
            }
        }
    }

    /** A slice of one of several vectors. */
    @FunctionalInterface
    public interface Part {
        /**
         * Receives one part.
         *
         * @param from its offset in the whole vectors
         * @param at its offset among the parts that the rank owns
         * @param length how many floats it has
         */
        void accept(int from, int at, int length);
    }

    /** First parameter of a slice. */
    public int from(int slice) {
        return start[slice];
    }

    /** After the last parameter of a slice. */
    public int to(int slice) {
        return start[slice + 1];
    }

    /** How many parameters a slice has. */
    public int length(int slice) {
        return to(slice) - from(slice);
    }

    @Override
    public String toString() {
        return Arrays.toString(start);
    }
}
