package dev.lockstep.nn.data.column;

/** What stands for an image that is missing. */
public enum MissingImage {
    /** Nothing: it is an error. */
    ERROR,
    /** A black image: all features are 0. */
    BLACK,
    /** Nothing: the row is left out. */
    DROP_ROW
}
