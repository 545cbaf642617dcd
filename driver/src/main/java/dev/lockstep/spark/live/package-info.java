/**
 * A page of the trainings of an application in Spark's own web UI, which shows them while they run.
 *
 * <p>The page shows what a {@link dev.lockstep.spark.report.TrainingListener} receives; the page itself is made of the
 * parts of {@link dev.lockstep.spark.report}.
 */
@NullMarked
package dev.lockstep.spark.live;

import org.jspecify.annotations.NullMarked;
