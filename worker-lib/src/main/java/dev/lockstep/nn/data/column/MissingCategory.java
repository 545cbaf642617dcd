package dev.lockstep.nn.data.column;

/** The replacement for a missing name of a category. */
public enum MissingCategory {
    /** A category of its own. */
    OWN,
    /** Nothing: it is an error. */
    ERROR,
    /** Nothing: the row is left out. */
    DROP_ROW
}
