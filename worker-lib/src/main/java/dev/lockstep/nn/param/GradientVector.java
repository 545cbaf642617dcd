package dev.lockstep.nn.param;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of consecutive parameters in pieces, one behind the other. A tensor of which few rows are used is a
 * piece of its own.
 *
 * @param pieces at least one
 */
public record GradientVector(List<GradientPiece> pieces) {

    /** The gradients of all parameters, each at its parameter's index. */
    public static GradientVector whole(float[] values) {
        return new GradientVector(List.of(GradientSlice.whole(values)));
    }

    /** First parameter. */
    public int from() {
        return pieces.get(0).from();
    }

    /** After the last parameter. */
    public int to() {
        return pieces.get(pieces.size() - 1).to();
    }

    /** How many parameters there are. */
    public int length() {
        return to() - from();
    }

    /** The gradients of some of the parameters, in the same arrays. */
    public GradientVector part(int partFrom, int partTo) {
        if (partFrom == from() && partTo == to()) {
            return this;
        }
        List<GradientPiece> parts = new ArrayList<>(pieces.size());
        for (GradientPiece piece : pieces) {
            int from = Math.max(partFrom, piece.from());
            int to = Math.min(partTo, piece.to());
            if (from < to) {
                parts.add(piece.part(from, to));
            }
        }
        return new GradientVector(parts.isEmpty() ? List.of(empty(partFrom)) : parts);
    }

    private static GradientSlice empty(int at) {
        return new GradientSlice(new float[0], 0, at, at);
    }

    /** The piece that has a parameter. */
    public GradientPiece piece(int parameter) {
        for (GradientPiece piece : pieces) {
            if (piece.from() <= parameter && parameter < piece.to()) {
                return piece;
            }
        }
        throw new IllegalArgumentException(
                "expected a parameter from " + from() + " to " + (to() - 1) + ", got " + parameter);
    }

    /** The only piece, where no tensor is kept as rows. */
    public GradientSlice slice() {
        if (pieces.size() == 1 && pieces.get(0) instanceof GradientSlice slice) {
            return slice;
        }
        throw new IllegalStateException("expected gradients in one piece, got " + pieces.size());
    }

    /**
     * The sum of two pieces of the same parameters, at least one of them rows.
     *
     * @param left consumed: the lower shards
     * @param right consumed
     */
    public static GradientPiece sum(GradientPiece left, GradientPiece right) {
        if (left instanceof GradientRows rows) {
            return right instanceof GradientRows others ? rows.plus(others) : rows.plus((GradientSlice) right);
        }
        return ((GradientRows) right).plus((GradientSlice) left);
    }
}
