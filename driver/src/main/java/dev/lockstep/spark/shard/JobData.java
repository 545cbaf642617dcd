package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.Source;
import dev.lockstep.spark.ingest.SourceRequest;
import dev.lockstep.spark.ingest.SourceRequest.Role;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.ingest.Targets;
import java.util.Objects;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a job as canonical shards: training rows, and validation and test rows where the job has them.
 *
 * @param training rows to train on
 * @param validation rows to validate on, if the job has any
 * @param test rows to test on, if the job has any
 * @param schema how the training rows were understood
 */
public record JobData(
        ShardedData training,
        @Nullable ShardedData validation,
        @Nullable ShardedData test,
        DataSchema schema) implements AutoCloseable {

    /**
     * Reads all rows of a job.
     *
     * @param spark where they are to lie
     * @param data what the job says of them
     * @param targets what is to be predicted
     * @param rules what rows of a layout must hold for the network
     * @param seed the job's seed
     * @param assignment which rank gets which shards
     * @throws IngestException if rows cannot be read or used
     */
    public static JobData read(
            SparkSession spark,
            DataSpec data,
            Targets targets,
            Function<RowLayout, RowRules> rules,
            long seed,
            ShardAssignment assignment) {
        ShardedData training = null;
        ShardedData validation = null;
        Source source = Sources.open(spark, SourceRequest.training(data.train(), targets));
        RowRules known = rules.apply(source.description().layout());
        try (LoadedRows loaded = LoadedRows.load(spark, source, known)) {
            DataSchema schema = loaded.schema();
            if (data.validation() == null) {
                training = loaded.shards(assignment, seed);
            } else if (data.validation().fraction() == null) {
                training = loaded.shards(assignment, seed);
                SourceSpec rows = Objects.requireNonNull(data.validation().source());
                validation = other(spark, rows, Role.VALIDATION, schema, known, seed, assignment);
            } else {
                double fraction = data.validation().fraction();
                training = loaded.shards(assignment, seed, fraction, false);
                validation = loaded.shards(assignment, seed, fraction, true);
            }
            ShardedData test =
                    data.test() == null ? null : other(spark, data.test(), Role.TEST, schema, known, seed, assignment);
            return new JobData(training, validation, test, schema);
        } catch (RuntimeException e) {
            closeAll(training, validation);
            throw e;
        }
    }

    /**
     * Reads rows to evaluate a trained model on, as its training rows were read.
     *
     * @param source which rows
     * @param schema how the training rows were understood
     * @param rules what they must hold for the network
     */
    public static ShardedData evaluation(
            SparkSession spark,
            SourceSpec source,
            DataSchema schema,
            RowRules rules,
            long seed,
            ShardAssignment assignment) {
        return other(spark, source, Role.TEST, schema, rules, seed, assignment);
    }

    private static ShardedData other(
            SparkSession spark,
            SourceSpec source,
            Role role,
            DataSchema schema,
            RowRules rules,
            long seed,
            ShardAssignment assignment) {
        Source opened = Sources.open(spark, SourceRequest.like(schema, source, role));
        try (LoadedRows loaded = LoadedRows.load(spark, opened, rules)) {
            return loaded.shards(assignment, seed);
        }
    }

    /** How many classes there are; 0 where values are to be predicted. */
    public int classes() {
        return schema.classes();
    }

    /** What a model keeps of the table it was trained on. */
    public ModelDescription.Columns columns() {
        return new ModelDescription.Columns(
                schema.classNames(),
                schema.labelColumns().isEmpty() ? null : schema.labelColumns(),
                schema.featureColumns().isEmpty() ? null : schema.featureColumns(),
                schema.toTree());
    }

    /** Drops all shards from the cluster. */
    @Override
    public void close() {
        closeAll(training, validation, test);
    }

    private static void closeAll(@Nullable ShardedData... all) {
        for (ShardedData data : all) {
            if (data != null) {
                data.close();
            }
        }
    }
}
