package dev.lockstep.nn.data.column;

/** The replacement for a missing time. */
public enum MissingTime {
    /** Nothing: it is an error. */
    ERROR,
    /** All features are 0, and an input of its own is 1 where the time is missing, else 0. */
    INDICATOR,
    /** Nothing: the row is left out. */
    DROP_ROW
}
