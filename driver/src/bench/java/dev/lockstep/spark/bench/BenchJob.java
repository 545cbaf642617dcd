package dev.lockstep.spark.bench;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.Targets;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.sync.RankTasks;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A training job with as many parameters as wanted and next to nothing to compute: a table of {@value #TOKENS} vectors,
 * of which each row looks one up, and a dense layer of one unit behind it. A rank's shard has one row a step. What is
 * left is to set the gradient to zero.
 */
final class BenchJob implements AutoCloseable {
    private static final int TOKENS = 99;
    private static final long SEED = 1;
    private static final String VIEW = "benchSyncRows";

    /** Rows of a shard, and so steps of an epoch: rounds end with it. */
    private static final int STEPS = 20_000;

    private final JobData data;
    private final TrainingSetup setup;
    private final Cluster cluster;
    private final RankTasks<Rank> ranks;

    /**
     * A job.
     *
     * @param parameters how many parameters, to within {@value #TOKENS}
     * @param rankCount how many ranks
     */
    BenchJob(SparkSession spark, int parameters, int rankCount) {
        int units = Math.max(1, parameters / (TOKENS + 1));
        ModelSpec model = new ModelSpec(
                List.of(new Embedding(TOKENS, units, null, null), new Flatten(), new Dense(1)), new MeanSquaredError());
        spark.range((long) STEPS * rankCount)
                .select(
                        functions.col("id").mod(TOKENS).as("token"),
                        functions.col("id").divide(STEPS).as("value"))
                .createOrReplaceTempView(VIEW);
        SourceSpec rows = new SourceSpec(
                VIEW,
                SourceSpec.Format.TABLE,
                Names.of("value"),
                Names.of("token"),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        data = JobData.read(
                spark,
                new DataSpec(rows, null, null, rankCount, null),
                Targets.VALUES,
                layout -> RowRules.ANY,
                SEED,
                ShardAssignment.of(rankCount, rankCount));
        TrainingPlan plan = new TrainingPlan(SEED, rankCount, data.training().rows(), rankCount, Integer.MAX_VALUE);
        EvaluationSetup evaluation = new EvaluationSetup(model, data.training().layout(), Scaling.NONE, SEED, 0);
        ParameterUpdate update = new ParameterUpdate(
                evaluation.network(), new Sgd(1e-9, null, null), new Schedule.Constant(), plan, GradientClipping.NONE);
        setup = new TrainingSetup(evaluation, plan, update);
        cluster = Cluster.of(JavaSparkContext.fromSparkContext(spark.sparkContext()), line -> {});
        ranks = RankTasks.training(setup, data.training());
    }

    TrainingSetup setup() {
        return setup;
    }

    Cluster cluster() {
        return cluster;
    }

    RankTasks<Rank> ranks() {
        return ranks;
    }

    /** Where training begins. */
    TrainState initial() {
        return setup.initialState(false);
    }

    @Override
    public void close() {
        ranks.close();
        data.close();
    }
}
