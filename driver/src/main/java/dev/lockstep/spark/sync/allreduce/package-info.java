/**
 * How the ranks of a round of all-reduce find each other and talk, on Spark's own transport.
 *
 * <p>They meet at a {@link dev.lockstep.spark.sync.allreduce.Rendezvous} on the driver. A
 * {@link dev.lockstep.spark.sync.allreduce.Site} is a process in a round: what its ranks send to other processes leaves
 * by the {@code Outlet}, what those send arrives at the {@code Inlet}, which gives it to the
 * {@link dev.lockstep.nn.train.Exchange}. {@code Message} is the form of what travels.
 *
 * <p>Nothing is computed here, and jobs, RDDs and broadcasts are not known.
 */
@NullMarked
package dev.lockstep.spark.sync.allreduce;

import org.jspecify.annotations.NullMarked;
