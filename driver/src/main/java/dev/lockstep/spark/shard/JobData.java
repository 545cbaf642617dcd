package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.column.ColumnsSpec;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.SplitSpec;
import dev.lockstep.spark.config.ValidationSpec;
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
import java.util.function.Consumer;
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
 * @param cells what the cells of the training rows hold where columns have types; null elsewhere
 */
public record JobData(
        ShardedData training,
        @Nullable ShardedData validation,
        @Nullable ShardedData test,
        DataSchema schema,
        List<String> notices,
        @Nullable CellProfiles cells)
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
     * @param data the job's settings for them
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
        SourceRequest request = SourceRequest.training(data.train(), targets).onError(data.onError());
        return read(tables, data, request, rules, seed, assignment);
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
        return read(Tables.of(spark), data, request.onError(data.onError()), rows -> rules, seed, assignment);
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
        ValidationSpec asked = data.validation();
        List<String> notices = new ArrayList<>();
        SourceRequest typed = typed(tables, data, request.splitBy(asked == null ? null : asked.splitColumn()), notices);
        Source source = Sources.open(tables, typed);
        Split split = split(tables, source, asked, seed);
        try (SplitRows read = SplitRows.read(tables.spark(), source, split, rules)) {
            LoadedRows loaded = read.rows();
            RowRules needed = read.rules();
            split = read.split();
            DataSchema schema = loaded.schema();
            Others others = new Others(tables, needed, seed, assignment, notices::add);
            notices.addAll(loaded.notices());
            if (split != null) {
                training = loaded.shards(assignment, seed, false);
                validation = loaded.shards(assignment, seed, true);
                notices.addAll(split.notices(training.rows(), validation.rows()));
            } else {
                training = loaded.shards(assignment, seed);
                validation = data.validation() == null
                        ? null
                        : others.read(SourceRequest.like(
                                        schema,
                                        Objects.requireNonNull(data.validation().source()),
                                        Role.VALIDATION)
                                .onError(data.onError()));
            }
            ShardedData test = data.test() == null
                    ? null
                    : others.read(
                            SourceRequest.like(schema, data.test(), Role.TEST).onError(data.onError()));
            return new JobData(training, validation, test, schema, List.copyOf(notices), read.cells());
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
        ValidationSpec asked = data.validation();
        SourceRequest request = SourceRequest.training(data.train(), targets)
                .onError(data.onError())
                .splitBy(asked == null ? null : asked.splitColumn());
        Source source = Sources.open(tables, typed(tables, data, request, new ArrayList<>()));
        if (source.description().types() == null) {
            return source.description();
        }
        if (asked != null && asked.split() != null && asked.split().hasAllFolds()) {
            asked = ValidationSpec.of(asked.split().ofFold(0));
        }
        return SplitRows.describe(tables.spark(), source, split(tables, source, asked, seed));
    }

    private static @Nullable Split split(Tables tables, Source source, @Nullable ValidationSpec asked, long seed) {
        if (asked == null || !asked.isSplit()) {
            return null;
        }
        SplitSpec spec = asked.split();
        if (spec == null) {
            return Split.of(Objects.requireNonNull(asked.fraction()), seed);
        }
        if (spec.hasAllFolds()) {
            throw new IllegalArgumentException(
                    "data.validation: only the command train trains all folds; choose one with fold");
        }
        if (spec.stratify() && !source.description().labelled()) {
            throw new IllegalArgumentException(
                    "data.validation.stratify: expected a label that is a class, got numbers");
        }
        SplitRule rule = SplitCount.of(tables.spark(), source, new SplitRule(spec, Split.hashSeed(seed)));
        return new Split(rule.fraction(), Split.hashSeed(seed), rule);
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
     * @param request which rows, and how the training rows were understood
     * @param rules what they must hold for the network
     * @param notices receives what the user should know about them and is no failure
     */
    public static ShardedData evaluation(
            SparkSession spark,
            SourceRequest request,
            RowRules rules,
            long seed,
            ShardAssignment assignment,
            Consumer<String> notices) {
        return evaluation(Tables.of(spark), request, rules, seed, assignment, notices);
    }

    /** The same where rows may be data frames of a program. */
    public static ShardedData evaluation(
            Tables tables,
            SourceRequest request,
            RowRules rules,
            long seed,
            ShardAssignment assignment,
            Consumer<String> notices) {
        return new Others(tables, rules, seed, assignment, notices).read(request);
    }

    /**
     * Reads other rows than those to train on.
     *
     * @param rules what rows must hold for the network
     * @param notices receives what the user should know about them
     */
    private record Others(
            Tables tables, RowRules rules, long seed, ShardAssignment assignment, Consumer<String> notices) {
        ShardedData read(SourceRequest request) {
            Source opened = Sources.open(tables, request);
            try (LoadedRows loaded = LoadedRows.load(tables.spark(), opened, opened.description(), rules, null)) {
                loaded.notices().forEach(notices);
                return loaded.shards(assignment, seed);
            }
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
