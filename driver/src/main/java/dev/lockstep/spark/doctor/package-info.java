/** Looks at a job and at the cluster before a long training: what is set up badly, and how long an epoch will take. */
@NullMarked
package dev.lockstep.spark.doctor;

import org.jspecify.annotations.NullMarked;
