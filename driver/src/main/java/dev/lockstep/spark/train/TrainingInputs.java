package dev.lockstep.spark.train;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.ingest.Tables;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a training that a program passes in addition to the job.
 *
 * @param tables the data frames that the job can name, and the session where it runs
 * @param initialModel the model that {@code init.from} stands for; null: that is a directory
 * @param checkpoints a directory below which the training keeps checkpoints of its own until it has ended, so that the
 *     same training resumes after the driver was lost; null: where the job says
 */
public record TrainingInputs(
        Tables tables,
        @Nullable SavedModel initialModel,
        @Nullable String checkpoints) {

    /** What the session's catalog has. */
    static TrainingInputs of(SparkSession spark) {
        return new TrainingInputs(Tables.of(spark), null, null);
    }
}
