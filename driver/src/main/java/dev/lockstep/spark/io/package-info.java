/** Hadoop's file systems behind the interface that {@code nn.io} writes through. */
@NullMarked
package dev.lockstep.spark.io;

import org.jspecify.annotations.NullMarked;
