package dev.lockstep.spark.cli;

import java.io.PrintStream;

/**
 * Where a command prints.
 *
 * @param out for results
 * @param err for progress
 */
record Streams(PrintStream out, PrintStream err) {}
