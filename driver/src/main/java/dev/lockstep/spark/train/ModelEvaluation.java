package dev.lockstep.spark.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.metric.Metric;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.ValidationSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.SourceRequest;
import dev.lockstep.spark.report.ExampleRows;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.sync.SparkEvaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

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
    private int mostExamples;
    private @Nullable ObjectNode examples;

    /**
     * An evaluation, not yet begun.
     *
     * @param spark where it runs
     * @param job names the rows, and the number of shards
     * @param model what is measured
     * @param samples predictive samples, for networks with dropout or distributions over weights; 0: nothing is random
     * @param notices receives what the user should know and is no failure
     * @throws IllegalArgumentException if neither the model nor the job says in which column lengths of rows are
     */
    public ModelEvaluation(SparkSession spark, JobSpec job, SavedModel model, int samples, Consumer<String> notices) {
        this.spark = spark;
        this.cluster = Cluster.of(JavaSparkContext.fromSparkContext(spark.sparkContext()), notices);
        this.job = job;
        this.model = model;
        this.samples = samples;
        this.notices = notices;
        this.schema = DataSchema.of(model.description(), job.data().train());
        this.assignment = cluster.assign(job.data().shards());
    }

    /**
     * Keeps the rows with the greatest losses too, see {@link ExampleRows}.
     *
     * @param most how many, at least 1
     * @return this evaluation
     */
    public ModelEvaluation keeping(int most) {
        mostExamples = most;
        return this;
    }

    /** Those of the rows that were measured last; null unless they are kept. */
    public @Nullable ObjectNode examples() {
        return examples;
    }

    /** Losses and metrics of the rows of {@code data.test}. */
    public EvaluationSum test() {
        return cluster.watch(
                () -> measure("test", Objects.requireNonNull(job.data().test(), "no test rows")));
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
            return measure("validation", validation.source());
        }
        // The model's seed, not the job's: it decided which rows were set aside.
        DataSpec data = job.data().withoutTest();
        try (JobData rows = JobData.readAgain(
                spark, data, schema, model.rowRules(), model.description().seed(), assignment)) {
            rows.notices().forEach(notices);
            return measure("validation", Objects.requireNonNull(rows.validation()));
        }
    }

    private EvaluationSum measure(String name, SourceSpec source) {
        try (ShardedData rows = JobData.evaluation(
                spark,
                SourceRequest.like(schema, source, SourceRequest.Role.TEST)
                        .onError(job.data().onError()),
                model.rowRules(),
                model.description().seed(),
                assignment,
                notices)) {
            return measure(name, rows);
        }
    }

    private EvaluationSum measure(String name, ShardedData rows) {
        ModelDescription description = model.description();
        EvaluationSetup setup = new EvaluationSetup(
                description.model(),
                rows.layout(),
                description.scaling(),
                description.seed(),
                samples,
                description.decided());
        try (SparkEvaluation evaluation = new SparkEvaluation(cluster, setup, rows)) {
            return mostExamples == 0
                    ? Objects.requireNonNull(evaluation.measure(model.parameters()), "no rows")
                    : measureAndKeep(name, evaluation, rows);
        }
    }

    private EvaluationSum measureAndKeep(String name, SparkEvaluation evaluation, ShardedData rows) {
        ExampleRows kept = new ExampleRows(model, rows.layout(), mostExamples);
        List<Metric> own = model.network().metrics().metrics();
        List<Metric> all = new ArrayList<>(own);
        all.addAll(kept.metrics().metrics());
        EvaluationSum sum =
                Objects.requireNonNull(evaluation.measure(model.parameters(), new MetricSet(all)), "no rows");
        examples = kept.json(name, sum.sums().subList(own.size(), all.size()));
        return new EvaluationSum(sum.losses(), sum.sums().subList(0, own.size()));
    }
}
