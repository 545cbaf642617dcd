package dev.lockstep.spark.config;

/** What to do with a row that cannot be used: {@code data.onError}. */
public enum OnError {
    /** It ends the work, with its place and what is wrong. */
    FAIL,
    /** It is left out; a line says how many are. */
    SKIP,
    /** Of columns with types, cells that their type cannot take count as missing; a line says how many do. */
    NULL
}
