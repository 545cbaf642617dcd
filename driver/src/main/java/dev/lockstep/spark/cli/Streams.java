package dev.lockstep.spark.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command prints.
 *
 * @param out for results
 * @param err for progress
 */
record Streams(PrintStream out, PrintStream err) {

    /**
     * From now on nothing reaches the standard error stream: the last line for people is printed, and Scala and Spark
     * would print the traces of what the end of Spark cuts short.
     */
    static void silence() {
        System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }
}
