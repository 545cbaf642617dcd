package dev.lockstep.spark.train;

import dev.lockstep.nn.data.column.FeatureColumns;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.Nearest;
import dev.lockstep.nn.train.ColumnImportance;
import dev.lockstep.nn.train.ColumnPermutation;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.PermutedLosses;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.OnError;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.ValidationSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.SourceRequest;
import dev.lockstep.spark.ingest.Tables;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.sync.SparkEvaluation;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Measures how much a saved model needs each column: by how much worse it becomes where the cells of that column are
 * exchanged between rows. The figures follow from the rows, the model and the seed alone, to the bit: rows are
 * canonical shards, whose number follows from how many rows there are.
 */
public final class ModelImportance {
    /** Rows of a shard, within which cells move, where there are more; a cell meets its own row with 1 in so many. */
    private static final int SHARD_ROWS = 1024;

    private static final int FIRST_SHARDS = 8;
    private static final int MOST_SHARDS = 1024;

    /** Columns above which a person has to choose: each takes as many passes over the rows as there are repeats. */
    private static final int MOST_COLUMNS = 2000;

    /** Classes above which they are not measured one by one. */
    private static final int MOST_CLASSES = 100;

    private final Tables tables;
    private final SavedModel model;
    private final DataSchema schema;
    private final Cluster cluster;
    private final Consumer<String> notices;

    /**
     * The columns and repeats to measure.
     *
     * @param columns names of the columns; null: all
     * @param repeats permutations a column
     * @param seed decides the permutations
     */
    public record Options(@Nullable List<String> columns, int repeats, long seed) {
        /** Permutations unless said otherwise. */
        public static final int REPEATS = 5;

        /** All columns. */
        public static final Options DEFAULTS = new Options(null, REPEATS, 0);

        /** Checks. */
        public Options {
            if (repeats < 1) {
                throw new IllegalArgumentException("repeats: expected at least 1, got " + repeats);
            }
        }
    }

    /** Rows as shards, and what lets go of them. */
    private record Held(ShardedData rows, Runnable closing) implements AutoCloseable {
        @Override
        public void close() {
            closing.run();
        }
    }

    /**
     * A measurement, not yet begun.
     *
     * @param tables where rows may come from
     * @param model what is measured
     * @param notices receives what the user should know and is no failure
     * @throws IllegalArgumentException if the model does not say in which column lengths of rows are
     */
    public ModelImportance(Tables tables, SavedModel model, Consumer<String> notices) {
        this.tables = tables;
        this.model = model;
        this.notices = notices;
        schema = DataSchema.of(model.description());
        cluster = Cluster.of(JavaSparkContext.fromSparkContext(tables.spark().sparkContext()), notices);
    }

    /**
     * Measures on rows with their targets, which are read as the training rows were.
     *
     * @param onError what to do with rows that cannot be read
     */
    public List<ColumnImportance> of(SourceSpec rows, OnError onError, Options options) {
        return measure(assignment -> read(rows, onError, assignment), options);
    }

    /**
     * Measures on a job's validation rows: rows of their own, or the part of the training rows that was set aside.
     *
     * @param data of the job
     */
    public List<ColumnImportance> ofValidation(DataSpec data, Options options) {
        ValidationSpec validation = Objects.requireNonNull(data.validation(), "no validation rows");
        SourceSpec own = validation.source();
        if (own != null) {
            return of(own, data.onError(), options);
        }
        return measure(assignment -> readAgain(data.withoutTest(), assignment), options);
    }

    private Held read(SourceSpec source, OnError onError, ShardAssignment assignment) {
        ShardedData rows = JobData.evaluation(
                tables,
                SourceRequest.like(schema, source, SourceRequest.Role.TEST).onError(onError),
                model.rowRules(),
                model.description().seed(),
                assignment,
                notices);
        return new Held(rows, rows::close);
    }

    private Held readAgain(DataSpec data, ShardAssignment assignment) {
        JobData rows = JobData.readAgain(
                tables.spark(),
                data,
                schema,
                model.rowRules(),
                model.description().seed(),
                assignment);
        return new Held(Objects.requireNonNull(rows.validation()), rows::close);
    }

    private List<ColumnImportance> measure(Function<ShardAssignment, Held> read, Options options) {
        ColumnPermutation permutation =
                new ColumnPermutation(columns(options), options.repeats(), options.seed(), classes());
        PermutedLosses losses = cluster.watch(() -> {
            int shards;
            try (Held held = read.apply(cluster.assign(FIRST_SHARDS))) {
                shards = (int) Math.max(1, Math.min(MOST_SHARDS, held.rows().rows() / SHARD_ROWS));
                if (shards == FIRST_SHARDS) {
                    return measure(held.rows(), permutation);
                }
            }
            try (Held held = read.apply(cluster.assign(shards))) {
                return measure(held.rows(), permutation);
            }
        });
        return ColumnImportance.of(
                permutation, losses, model.network().likelihood().score());
    }

    private PermutedLosses measure(ShardedData rows, ColumnPermutation permutation) {
        ModelDescription description = model.description();
        EvaluationSetup setup = new EvaluationSetup(
                description.model(),
                rows.layout(),
                description.scaling(),
                description.seed(),
                0,
                description.decided());
        try (SparkEvaluation evaluation = new SparkEvaluation(cluster, setup, rows)) {
            return Objects.requireNonNull(evaluation.permuted(model.parameters(), permutation), "no rows");
        }
    }

    private FeatureColumns columns(Options options) {
        FeatureColumns all =
                FeatureColumns.of(model.network().input(), model.description().cells());
        List<String> wanted = options.columns();
        if (wanted != null) {
            for (String name : wanted) {
                if (!all.names().contains(name)) {
                    throw new IllegalArgumentException("importance: unknown column \"" + name + "\"; "
                            + Nearest.hint(name, all.names(), "columns"));
                }
            }
            all = all.only(wanted);
        }
        if (all.columns().isEmpty() || all.columns().size() > MOST_COLUMNS) {
            throw new IllegalArgumentException("importance: expected 1 to " + MOST_COLUMNS + " columns to measure, got "
                    + all.columns().size() + "; choose some of them (--columns)");
        }
        return all;
    }

    /** How many classes are measured one by one. */
    private int classes() {
        Network network = model.network();
        if (!schema.targets().isClass() || network.output().rank() != 1) {
            return 0;
        }
        int classes = Math.max(2, network.output().size());
        return classes > MOST_CLASSES ? 0 : classes;
    }
}
