package dev.lockstep.spark.sync.allreduce;

import java.io.Serializable;

/**
 * The meeting place of the ranks of a round, and what distinguishes it from others.
 *
 * @param host of the driver
 * @param port of the rendezvous
 * @param run random number of the training run
 * @param round number of the round, or of the attempt at it, within the run
 * @param ranks how many ranks take part
 */
public record RoundAddress(String host, int port, long run, long round, int ranks) implements Serializable {}
