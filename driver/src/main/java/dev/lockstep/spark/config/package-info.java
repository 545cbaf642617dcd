/**
 * A job file becomes records: YAML is read into a tree, bound to {@link dev.lockstep.spark.config.JobSpec} and checked
 * as a whole. An error names the line, the key and the nearest known key.
 *
 * <p>Nothing here reads rows or knows Spark.
 */
@NullMarked
package dev.lockstep.spark.config;

import org.jspecify.annotations.NullMarked;
