package dev.lockstep.spark.ingest;

/** What a network is to predict from a row. */
public enum Targets {
    /** One of several classes: a label, packed as the index of its class. */
    CLASS,
    /** One or several numbers. */
    VALUES
}
