/**
 * What lies in a table before anything is trained on it: its columns as text and as JSON
 * ({@link dev.lockstep.spark.describe.TableText}), and a job file to begin with
 * ({@link dev.lockstep.spark.describe.JobDraft}). Both only write down what
 * {@link dev.lockstep.spark.ingest.TableProfile} has measured; nothing is read here, and no job is run.
 */
@NullMarked
package dev.lockstep.spark.describe;

import org.jspecify.annotations.NullMarked;
