package dev.lockstep.nn.data.column;

/** The replacement for a missing image. */
public enum MissingImage {
    /** Nothing: it is an error. */
    ERROR,
    /** A black image: all features are 0. */
    BLACK,
    /** Nothing: the row is left out. */
    DROP_ROW
}
