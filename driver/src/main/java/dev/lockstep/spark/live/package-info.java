/**
 * A page of the trainings of an application in Spark's own web UI, which shows them while they run.
 *
 * <p>What is shown is what a {@link dev.lockstep.spark.report.TrainingListener} is told; the page itself is made of the
 * parts of {@link dev.lockstep.spark.report}.
 */
@NullMarked
package dev.lockstep.spark.live;

import org.jspecify.annotations.NullMarked;
