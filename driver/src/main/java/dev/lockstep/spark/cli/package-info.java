/**
 * The command line behind spark-submit: options, exit codes, and errors of one line.
 *
 * <p>A command turns its options into a call of the library API; it decides nothing about training.
 */
@NullMarked
package dev.lockstep.spark.cli;

import org.jspecify.annotations.NullMarked;
