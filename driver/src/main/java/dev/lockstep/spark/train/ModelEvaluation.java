package dev.lockstep.spark.train;

import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.ValidationSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.SourceRequest;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.sync.SparkEvaluation;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Measures a saved model on rows that a job names. The rows are understood as those that the model was trained on; the
 * sums have the same bits on any layout.
 */
public final class ModelEvaluation {
    private final SparkSession spark;
    private final Cluster cluster;
    private final JobSpec job;
    private final SavedModel model;
    private final DataSchema schema;
    private final ShardAssignment assignment;
    private final int samples;
    private final Consumer<String> notices;

    /**
     * An evaluation, not yet begun.
     *
     * @param spark where it runs
     * @param job names the rows, and the number of shards
     * @param model what is measured
     * @param samples predictive samples, for networks with dropout or distributions over weights; 0: nothing is random
     * @param notices is told what has to be known and is no failure
     * @throws IllegalArgumentException if the model does not say how its training rows were read
     */
    public ModelEvaluation(SparkSession spark, JobSpec job, SavedModel model, int samples, Consumer<String> notices) {
        this.spark = spark;
        this.cluster = Cluster.of(JavaSparkContext.fromSparkContext(spark.sparkContext()), notices);
        this.job = job;
        this.model = model;
        this.samples = samples;
        this.notices = notices;
        this.schema = DataSchema.of(model.description());
        this.assignment = cluster.assign(job.data().shards());
    }

    /** Losses and metrics of the rows of {@code data.test}. */
    public EvaluationSum test() {
        return cluster.watch(() -> measure(Objects.requireNonNull(job.data().test(), "no test rows")));
    }

    /**
     * Losses and metrics of the rows of {@code data.validation}: rows of their own, or the part of the training rows
     * that was set aside.
     */
    public EvaluationSum validation() {
        return cluster.watch(this::measureValidation);
    }

    private EvaluationSum measureValidation() {
        ValidationSpec validation = Objects.requireNonNull(job.data().validation(), "no validation rows");
        if (validation.source() != null) {
            return measure(validation.source());
        }
        // The model's seed, not the job's: it decided which rows were set aside.
        DataSpec data = job.data().withoutTest();
        try (JobData rows = JobData.readAgain(
                spark, data, schema, model.rowRules(), model.description().seed(), assignment)) {
            rows.notices().forEach(notices);
            return measure(Objects.requireNonNull(rows.validation()));
        }
    }

    private EvaluationSum measure(SourceSpec source) {
        try (ShardedData rows = JobData.evaluation(
                spark,
                SourceRequest.like(schema, source, SourceRequest.Role.TEST)
                        .onError(job.data().onError()),
                model.rowRules(),
                model.description().seed(),
                assignment,
                notices)) {
            return measure(rows);
        }
    }

    private EvaluationSum measure(ShardedData rows) {
        ModelDescription description = model.description();
        EvaluationSetup setup = new EvaluationSetup(
                description.model(),
                rows.layout(),
                description.scaling(),
                description.seed(),
                samples,
                description.decided());
        try (SparkEvaluation evaluation = new SparkEvaluation(cluster, setup, rows)) {
            return Objects.requireNonNull(evaluation.measure(model.parameters()), "no rows");
        }
    }
}
