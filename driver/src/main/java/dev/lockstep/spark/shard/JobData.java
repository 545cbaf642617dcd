package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.column.ColumnsSpec;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.GuessedColumns;
import dev.lockstep.spark.ingest.Source;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.SourceRequest;
import dev.lockstep.spark.ingest.SourceRequest.Role;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.ingest.Tables;
import dev.lockstep.spark.ingest.Targets;
import java.util.ArrayList;
import java.util.List;
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
 * @param notices what has to be known of the training rows and is no failure
 */
public record JobData(
        ShardedData training,
        @Nullable ShardedData validation,
        @Nullable ShardedData test,
        DataSchema schema,
        List<String> notices)
        implements AutoCloseable {

    /** Reads all rows of a job that names no data frames of a program. */
    public static JobData read(
            SparkSession spark,
            DataSpec data,
            Targets targets,
            Function<SourceDescription, RowRules> rules,
            long seed,
            ShardAssignment assignment) {
        return read(Tables.of(spark), data, targets, rules, seed, assignment);
    }

    /**
     * Reads all rows of a job.
     *
     * @param tables those that the job can name
     * @param data what the job says of them
     * @param targets what is to be predicted
     * @param rules what rows must hold for the network
     * @param seed the job's seed
     * @param assignment which rank gets which shards
     * @throws dev.lockstep.spark.ingest.IngestException if rows cannot be read or used
     */
    public static JobData read(
            Tables tables,
            DataSpec data,
            Targets targets,
            Function<SourceDescription, RowRules> rules,
            long seed,
            ShardAssignment assignment) {
        return read(tables, data, SourceRequest.training(data.train(), targets), rules, seed, assignment);
    }

    /**
     * The same, for training rows that are understood as a model's training rows were.
     *
     * @param schema how these were understood
     */
    public static JobData readAgain(
            SparkSession spark,
            DataSpec data,
            DataSchema schema,
            RowRules rules,
            long seed,
            ShardAssignment assignment) {
        SourceRequest request = schema.encoding() == null
                ? SourceRequest.training(data.train(), schema.targets())
                : SourceRequest.like(schema, data.train(), Role.TRAIN);
        return read(Tables.of(spark), data, request, rows -> rules, seed, assignment);
    }

    private static JobData read(
            Tables tables,
            DataSpec data,
            SourceRequest request,
            Function<SourceDescription, RowRules> rules,
            long seed,
            ShardAssignment assignment) {
        ShardedData training = null;
        ShardedData validation = null;
        Double fraction = data.validation() == null ? null : data.validation().fraction();
        Split split = fraction == null ? null : Split.of(fraction, seed);
        List<String> notices = new ArrayList<>();
        Source source = Sources.open(tables, typed(tables, data, request, notices));
        SourceDescription description = ColumnFit.described(tables.spark(), source, split);
        RowRules needed = rules.apply(description);
        try (LoadedRows loaded = LoadedRows.load(tables.spark(), source, description, needed, split)) {
            DataSchema schema = loaded.schema();
            if (split != null) {
                training = loaded.shards(assignment, seed, false);
                validation = loaded.shards(assignment, seed, true);
                notices.addAll(split.notices(training.rows(), validation.rows()));
            } else {
                training = loaded.shards(assignment, seed);
                validation = data.validation() == null
                        ? null
                        : other(
                                tables,
                                Objects.requireNonNull(data.validation().source()),
                                Role.VALIDATION,
                                schema,
                                needed,
                                seed,
                                assignment);
            }
            ShardedData test = data.test() == null
                    ? null
                    : other(tables, data.test(), Role.TEST, schema, needed, seed, assignment);
            notices.addAll(loaded.notices());
            return new JobData(training, validation, test, schema, List.copyOf(notices));
        } catch (RuntimeException e) {
            closeAll(training, validation);
            throw e;
        }
    }

    /**
     * What the training rows of a job are, without shards of them. Reads rows only where columns have types.
     *
     * @param seed the job's seed
     */
    public static SourceDescription describe(Tables tables, DataSpec data, Targets targets, long seed) {
        Double fraction = data.validation() == null ? null : data.validation().fraction();
        Split split = fraction == null ? null : Split.of(fraction, seed);
        SourceRequest request = SourceRequest.training(data.train(), targets);
        Source source = Sources.open(tables, typed(tables, data, request, new ArrayList<>()));
        return ColumnFit.described(tables.spark(), source, split);
    }

    /** The request for training rows with the types of their columns, guessed if the job says so. */
    private static SourceRequest typed(Tables tables, DataSpec data, SourceRequest request, List<String> notices) {
        ColumnsSpec columns = data.columns();
        if (columns == null || request.known() != null) {
            return request;
        }
        if (columns.isAuto()) {
            GuessedColumns guessed = GuessedColumns.of(tables, request);
            notices.addAll(guessed.notices());
            columns = guessed.columns();
        }
        return request.typed(columns, data.nulls());
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
        return other(Tables.of(spark), source, Role.TEST, schema, rules, seed, assignment);
    }

    private static ShardedData other(
            Tables tables,
            SourceSpec source,
            Role role,
            DataSchema schema,
            RowRules rules,
            long seed,
            ShardAssignment assignment) {
        Source opened = Sources.open(tables, SourceRequest.like(schema, source, role));
        try (LoadedRows loaded = LoadedRows.load(tables.spark(), opened, opened.description(), rules, null)) {
            return loaded.shards(assignment, seed);
        }
    }

    /** How many classes there are; 0 where values are to be predicted. */
    public int classes() {
        return schema.classes();
    }

    /** How the cells of columns with types become features; null where columns have none. */
    public @Nullable RowEncoding encoding() {
        return schema.encoding();
    }

    /** What a model keeps of the table it was trained on. */
    public ModelDescription.Columns columns() {
        return new ModelDescription.Columns(
                schema.classNames(),
                schema.labelColumns().isEmpty() ? null : schema.labelColumns(),
                schema.featureColumns().isEmpty() ? null : schema.featureColumns(),
                schema.toTree(),
                encoding(),
                training.layout().sequences());
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
