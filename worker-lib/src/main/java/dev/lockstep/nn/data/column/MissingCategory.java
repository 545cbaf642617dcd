package dev.lockstep.nn.data.column;

/** What stands for the name of a category that is missing. */
public enum MissingCategory {
    /** A category of its own. */
    OWN,
    /** Nothing: it is an error. */
    ERROR,
    /** Nothing: the row is left out. */
    DROP_ROW
}
