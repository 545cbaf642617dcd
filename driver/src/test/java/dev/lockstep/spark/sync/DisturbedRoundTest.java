package dev.lockstep.spark.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.OuterOptimizer;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.LocalSession;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.ingest.Targets;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.sync.Disturbance.Hurt;
import dev.lockstep.spark.sync.Disturbance.Point;
import dev.lockstep.spark.train.SmallJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A rank is interrupted, killed, fails or runs out of memory at each point of a round, in every mode, with one thread a
 * task and with several: the round ends, and repeated from the same state it leads to the bits of a training that
 * nothing disturbs. One training in each mode suffers all of it, round by round.
 */
@Timeout(120)
class DisturbedRoundTest {
    /** More would hang, or be what a training cannot recover from. */
    private static final int MOST_ATTEMPTS = 3;

    private static final int TASKS = 2;

    private static final Map<Mode, String> EXPECTED = new EnumMap<>(Mode.class);

    @TempDir
    private static Path folder;

    /** What a round is. */
    enum Mode {
        DRIVER(2),
        ALLREDUCE(19),
        /** As between executors, over connections. */
        NETWORKED(19),
        AVERAGING(5);

        private final int epochs;

        Mode(int epochs) {
            this.epochs = epochs;
        }
    }

    /** Everything that can happen where each task has some threads, in the order in which it does. */
    private static List<Disturbance> all(Mode mode, int threads) {
        List<Disturbance> all = new ArrayList<>();
        for (Point point : Point.values()) {
            boolean alone = point == Point.EXCHANGE && mode != Mode.ALLREDUCE && mode != Mode.NETWORKED && threads == 1;
            for (Hurt hurt : Hurt.values()) {
                if (!alone && point.allows(hurt)) {
                    all.add(new Disturbance(point, hurt));
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void leavesNoTrace(int threads) throws Exception {
        Path rows = SmallJob.write(folder, 2, threads);
        try (SparkSession spark = LocalSession.start(
                TASKS * threads,
                "spark.task.cpus",
                String.valueOf(threads),
                "spark.plugins",
                Disturbance.Plugin.class.getName())) {
            JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
            JobSpec job = SmallJob.job(rows.toString(), "csv", SmallJob.Mode.GRADIENT);
            ShardAssignment assignment = ShardAssignment.of(job.data().shards(), TASKS, threads);
            try (JobData data = JobData.read(
                    spark,
                    job.data(),
                    Targets.CLASS,
                    source -> Network.bind(job.model(), source.layout().features())
                            .rowRules(true),
                    job.train().seed(),
                    assignment)) {
                for (Mode mode : Mode.values()) {
                    Training training = new Training(context, mode, job, data);
                    if (!EXPECTED.containsKey(mode)) {
                        EXPECTED.put(mode, training.run(List.of()));
                    }
                    List<Disturbance> disturbances = all(mode, threads);
                    assertThat(training.run(disturbances))
                            .as("%s with %d threads", mode, threads)
                            .isEqualTo(EXPECTED.get(mode));
                    assertThat(disturbances)
                            .as("%s with %d threads", mode, threads)
                            .allMatch(Disturbance::happened);
                }
            }
        }
        assertThat(EXPECTED.get(Mode.NETWORKED)).isEqualTo(EXPECTED.get(Mode.ALLREDUCE));
        assertThat(EXPECTED.get(Mode.AVERAGING)).isNotEqualTo(EXPECTED.get(Mode.ALLREDUCE));
    }

    /** A training that takes a round again when it fails. */
    private record Training(JavaSparkContext context, Mode mode, JobSpec job, JobData data) {
        String run(List<Disturbance> disturbances) throws InterruptedException {
            TrainingSetup setup = setup();
            List<Disturbance> left = new ArrayList<>(disturbances);
            TrainState state = setup.initialState(false);
            RankTasks<Rank> tasks = tasks(setup);
            try {
                Synchronizer rounds = rounds(setup, tasks);
                while (state.epoch() < mode.epochs) {
                    Disturbance next = left.isEmpty() ? null : left.remove(0);
                    if (next != null && next.point() == Point.BUILDING) {
                        tasks.close();
                        tasks = tasks(setup);
                        rounds = rounds(setup, tasks);
                    }
                    state = round(rounds, state, next);
                    if (state.stepInEpoch() == setup.plan().stepsPerEpoch()) {
                        state = state.nextEpoch(state.history());
                    }
                }
            } finally {
                tasks.close();
            }
            assertThat(left).as("rounds were too few for these").isEmpty();
            return ModelFiles.sha256(state.parameters());
        }

        private TrainState round(Synchronizer rounds, TrainState state, Disturbance next) throws InterruptedException {
            TrainState start = state.copy();
            for (int attempt = 1; ; attempt++) {
                try (JobTag tag = JobTag.open(context)) {
                    try {
                        Disturbance.begin(next);
                        return rounds.round(start.copy());
                    } catch (Exception e) {
                        tag.cancelJobs();
                        assertThat(next)
                                .as("%s failed undisturbed: %s", mode, e)
                                .isNotNull();
                        assertThat(next.happened())
                                .as("%s, %s: %s", mode, next, e)
                                .isTrue();
                        assertThat(attempt).as("%s, %s: %s", mode, next, e).isLessThan(MOST_ATTEMPTS);
                    } finally {
                        Thread.interrupted();
                    }
                }
            }
        }

        private RankTasks<Rank> tasks(TrainingSetup setup) {
            return new RankTasks<>(
                    data.training(),
                    shards -> Disturbance.building(
                            shards.get(0).shard(),
                            () -> new Rank(
                                    setup,
                                    shards.stream().map(Disturbance::watch).toList())));
        }

        private Synchronizer rounds(TrainingSetup setup, RankTasks<Rank> tasks) {
            Cluster cluster = Cluster.of(context, notice -> {});
            SparkWorkers workers = new SparkWorkers(cluster, tasks, null);
            return switch (mode) {
                case DRIVER -> new Synchronizer.Gradient(setup, workers);
                case ALLREDUCE -> new AllReduce(setup, cluster, tasks);
                case NETWORKED -> new AllReduce(setup, new ExecutorProcesses(context, notice -> {}), tasks);
                case AVERAGING -> new Synchronizer.Averaging(setup.plan(), 3, new OuterOptimizer.Plain(), workers);
            };
        }

        private TrainingSetup setup() {
            RowLayout layout = data.training().layout();
            Network network = Network.bind(job.model(), layout.features());
            TrainingPlan plan = new TrainingPlan(
                    job.train().seed(),
                    job.data().shards(),
                    data.training().rows(),
                    data.training().rowWeight(),
                    job.train().batchSize(),
                    mode.epochs,
                    Augmentation.NONE,
                    job.sync().compression());
            ParameterUpdate update = new ParameterUpdate(
                    network,
                    job.optimizer(),
                    new Schedule.Constant(),
                    plan,
                    job.train().clipping());
            return new TrainingSetup(
                    new EvaluationSetup(job.model(), layout, Scaling.NONE, plan.seed(), 0), plan, update);
        }
    }
}
