/**
 * The state of a training on any Hadoop file system: written beside the rounds, found again, and tied to its job by a
 * fingerprint.
 *
 * <p>How a state becomes bytes is known to {@code nn.io}; when to write is decided here.
 */
@NullMarked
package dev.lockstep.spark.checkpoint;

import org.jspecify.annotations.NullMarked;
