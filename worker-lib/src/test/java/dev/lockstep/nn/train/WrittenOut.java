package dev.lockstep.nn.train;

import dev.lockstep.nn.param.GradientPiece;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;

/** Gradients in one array, whatever pieces they are in. */
final class WrittenOut {
    private WrittenOut() {}

    static float[] of(GradientVector gradient) {
        float[] values = new float[gradient.length()];
        for (GradientPiece piece : gradient.pieces()) {
            int at = piece.from() - gradient.from();
            if (piece instanceof GradientSlice slice) {
                System.arraycopy(slice.values(), slice.offset(), values, at, slice.length());
            } else {
                ((GradientRows) piece).copyTo(piece.from(), piece.to(), values, at);
            }
        }
        return values;
    }
}
