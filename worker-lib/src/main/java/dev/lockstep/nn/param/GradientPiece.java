package dev.lockstep.nn.param;

/** The gradients of consecutive parameters: all of them, or those of some rows of a tensor, the others being +0. */
public sealed interface GradientPiece permits GradientSlice, GradientRows {

    /** First parameter. */
    int from();

    /** After the last parameter. */
    int to();

    /** How many parameters there are. */
    default int length() {
        return to() - from();
    }

    /** A part of these gradients, in the same arrays. */
    GradientPiece part(int partFrom, int partTo);
}
