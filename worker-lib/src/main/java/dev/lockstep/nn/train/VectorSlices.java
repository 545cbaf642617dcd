package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.Reductions;
import java.util.Arrays;
import java.util.List;

/**
 * The flat vector of parameters cut into consecutive slices, one a rank: its owner adds up the gradients of the slice and steps
 * the optimiser on it. Every cut lies where a block of {@value Reductions#BLOCK} elements begins, counted anew from the start of
 * each tensor, so that a norm is a sum of whole blocks whoever owns them. Slices can be empty.
 */
public final class VectorSlices {
    private final int[] start;

    private VectorSlices(int[] start) {
        this.start = start;
    }

    /** Slices whose lengths differ as little as the blocks allow. */
    static VectorSlices of(List<ParameterTensor> tensors, int ranks) {
        ParameterTensor last = tensors.get(tensors.size() - 1);
        int length = last.offset() + last.length();
        int[] start = new int[ranks + 1];
        start[ranks] = length;
        for (int rank = 1; rank < ranks; rank++) {
            start[rank] = nearestBlock(tensors, (int) ((long) length * rank / ranks), length);
        }
        return new VectorSlices(start);
    }

    /** The beginning of a block, or the vector's end, that is nearest to an index; the lower of two. */
    private static int nearestBlock(List<ParameterTensor> tensors, int index, int length) {
        for (ParameterTensor tensor : tensors) {
            if (tensor.offset() <= index && index < tensor.offset() + tensor.length()) {
                int inside = index - tensor.offset();
                int below = tensor.offset() + inside - inside % Reductions.BLOCK;
                int above = Math.min(below + Reductions.BLOCK, tensor.offset() + tensor.length());
                return index - below <= above - index ? below : above;
            }
        }
        return length;
    }

    /** How many slices there are. */
    public int count() {
        return start.length - 1;
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
