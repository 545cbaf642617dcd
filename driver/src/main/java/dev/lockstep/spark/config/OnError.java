package dev.lockstep.spark.config;

/** What becomes of a row that cannot be used: {@code data.onError}. */
public enum OnError {
    /** It ends the work, with its place and what is wrong. */
    FAIL,
    /** It is left out; how many are is said. */
    SKIP,
    /** Of columns with types, cells that their type cannot take count as missing; how many do is said. */
    NULL
}
