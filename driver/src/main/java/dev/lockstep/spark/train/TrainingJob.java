package dev.lockstep.spark.train;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.RoundListeners;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Trainer;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.nn.train.Workers;
import dev.lockstep.spark.checkpoint.CheckpointStore;
import dev.lockstep.spark.checkpoint.Checkpointer;
import dev.lockstep.spark.checkpoint.JobFingerprint;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.ScaleSpec;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.ingest.Targets;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import dev.lockstep.spark.report.TrainingSummary;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.RankPlan;
import dev.lockstep.spark.sync.AllReduce;
import dev.lockstep.spark.sync.ExecutorWatch;
import dev.lockstep.spark.sync.FasterTransport;
import dev.lockstep.spark.sync.RankPool;
import dev.lockstep.spark.sync.Slots;
import dev.lockstep.spark.sync.SparkWorkers;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A job from its description to a trained network: reads the rows into canonical shards, binds the network to them,
 * folds over the rounds, from a checkpoint on if there is one, and measures the test rows.
 */
public final class TrainingJob {
    private final SparkSession spark;
    private final JavaSparkContext context;
    private final JobSpec job;
    private final TrainingListener listener;
    private final RunDirectory directory;

    /**
     * A job, not yet begun.
     *
     * @param spark where it runs
     * @param job what to do
     * @param listener is told how it goes
     * @param directory is claimed when training begins; null: none
     */
    public TrainingJob(SparkSession spark, JobSpec job, TrainingListener listener, RunDirectory directory) {
        this.directory = directory;
        this.spark = spark;
        this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.job = job;
        this.listener = listener;
    }

    /** The same without a directory. */
    public TrainingJob(SparkSession spark, JobSpec job, TrainingListener listener) {
        this(spark, job, listener, null);
    }

    /**
     * What a job ends with.
     *
     * @param model the trained network and all that prediction needs
     * @param test losses of the test rows; null without any
     */
    public record Result(SavedModel model, LossSum test) {}

    /**
     * Trains.
     *
     * @throws dev.lockstep.nn.train.TrainingException if a loss, a parameter or a running statistic stops being finite
     * @throws dev.lockstep.spark.ingest.IngestException if the rows cannot be read
     * @throws dev.lockstep.spark.checkpoint.CheckpointException if a checkpoint cannot be written, or those that are
     *     there are another job's
     * @throws IllegalArgumentException if the network does not fit the rows, or no executor is left
     */
    public Result run() {
        return ExecutorWatch.over(context, this::readAndTrain);
    }

    private Result readAndTrain() {
        long startNanos = System.nanoTime();
        RankPlan ranks = new Slots(context, listener::notice).plan(job.data().shards());
        try (JobData data =
                JobData.read(spark, job.data(), targets(), job.train().seed(), ranks)) {
            Network network = bind(data);
            Scaling scaling = scaling(data);
            TrainingPlan plan = new TrainingPlan(
                    job.train().seed(),
                    job.data().shards(),
                    data.training().rows(),
                    job.train().batchSize(),
                    job.train().epochs(),
                    job.data().augment(),
                    job.sync().compression());
            ParameterUpdate update = new ParameterUpdate(
                    network,
                    job.optimizer(),
                    job.train().schedule(),
                    plan,
                    job.train().clipping());
            TrainingSetup setup = new TrainingSetup(
                    new EvaluationSetup(job.model(), data.training().layout(), scaling, plan.seed(), 0), plan, update);
            TrainState end = train(network, setup, data);
            listener.finished(new TrainingSummary(
                    end.epoch(), end.step(), (System.nanoTime() - startNanos) / 1e9, reason(end, plan)));
            SavedModel model = SavedModel.of(network, end.parameters(), scaling, plan.seed(), data.columns());
            return new Result(model, test(setup, data, end));
        }
    }

    private Targets targets() {
        Names label = job.data().train().label();
        return job.model().loss().classifies(label == null ? 1 : label.values().size())
                ? Targets.CLASS
                : Targets.VALUES;
    }

    private Network bind(JobData data) {
        RowLayout layout = data.training().layout();
        Network network = Network.bind(job.model(), layout.features());
        if (network.parameterCount() == 0) {
            throw new IllegalArgumentException(
                    "model.layers: none of them has parameters, so there is nothing to train");
        }
        network.checkSteps(layout);
        job.data().augment().check(layout.features());
        network.loss().check(network.output(), layout.target(), data.classes());
        SyncSpec sync = job.sync();
        if (network.globalStatistics()
                && (sync.mode() != SyncSpec.Mode.GRADIENT || sync.transport() == SyncSpec.Transport.DRIVER)) {
            throw new IllegalArgumentException(
                    "model.layers: batchNorm with statistics: global needs sync.mode gradient and sync.transport"
                            + " allreduce, got "
                            + sync.mode().name().toLowerCase(Locale.ROOT) + " and "
                            + sync.transport().name().toLowerCase(Locale.ROOT)
                            + "; statistics: shard works with all of them");
        }
        noteEmptySteps();
        noteLoneRows(network);
        return network;
    }

    private void noteEmptySteps() {
        int shards = job.data().shards();
        int batchSize = job.train().batchSize();
        if (batchSize < shards) {
            listener.notice(
                    "train.batchSize " + batchSize + " is less than data.shards " + shards + ": all shards give a"
                            + " row in the same steps, so a step has some " + shards
                            + " rows or none; a larger batch or fewer shards help");
        }
    }

    private void noteLoneRows(Network network) {
        int shards = job.data().shards();
        boolean byShard = network.buffers().stream().anyMatch(statistics -> !statistics.global());
        if (byShard && job.train().batchSize() < 2 * shards) {
            listener.notice("batchNorm with statistics: shard has one row a step to normalise with train.batchSize "
                    + job.train().batchSize() + " and data.shards " + shards + ", and makes 0 of each of its numbers"
                    + " that has no positions; a larger batch, fewer shards or statistics: global help");
        }
    }

    private Scaling scaling(JobData data) {
        if (data.training().layout().sequences() && job.data().scale() != ScaleSpec.Named.NONE) {
            throw new IllegalArgumentException(
                    "data.scale: the features are indexes of characters, which cannot be scaled; expected none");
        }
        Scaling features = job.data().scale().isMeasured()
                ? data.training().standardise()
                : job.data().scale().given(data.training().layout().features());
        ScaleSpec target = job.data().scaleTarget();
        if (target == ScaleSpec.Named.NONE) {
            return features;
        }
        Loss loss = job.model().loss();
        if (!(loss.link() instanceof Activation.Linear) && !(loss.link() instanceof Activation.MeanAndVariance)) {
            throw new IllegalArgumentException(
                    "data.scaleTarget: expected a loss that predicts the mean of numbers, such as meanSquaredError,"
                            + " got "
                            + SpecMapper.tree(loss));
        }
        return features.withTargets(
                target.isMeasured()
                        ? data.training().standardiseTargets()
                        : target.given(data.training().layout().target()));
    }

    private TrainState train(Network network, TrainingSetup setup, JobData data) {
        TrainingPlan plan = setup.plan();
        CompressionMemory.of(context.getConf(), context.isLocal())
                .check(
                        plan.compression(),
                        plan.shards(),
                        data.training().ranks().ranks(),
                        network.parameterCount());
        try (RankPool training = new RankPool(context, setup, data.training());
                RankPool validation =
                        data.validation() == null ? null : new RankPool(context, setup, data.validation())) {
            Workers workers = new SparkWorkers(training, validation, listener::notice);
            Synchronizer synchronizer = synchronizer(network, setup, workers, training);
            TrainState initial = setup.initialState(synchronizer.outerMomentum());
            JobFingerprint fingerprint = JobFingerprint.of(job, data);
            boolean interrupted = directory != null && directory.claim(fingerprint);
            try (Checkpointer checkpoints = checkpoints(fingerprint)) {
                TrainState begin = checkpoints == null ? initial : checkpoints.begin(plan, initial, listener::notice);
                if (directory != null) {
                    // Not before the checkpoints have turned out to be this job's.
                    directory.begin(fingerprint);
                }
                if (interrupted && begin.step() == 0) {
                    listener.notice("an unfinished run of this job is begun anew");
                }
                announce(data, network, plan, begin);
                Score score = network.loss().score();
                RoundListener progress = new ProgressReporter(score, training::stepTimes, listener);
                return new Trainer(
                                setup,
                                synchronizer,
                                workers,
                                job.train().earlyStopping(),
                                checkpoints == null ? progress : new RoundListeners(List.of(progress, checkpoints)))
                        .train(begin);
            }
        }
    }

    /** Null if the job wants none. */
    private Checkpointer checkpoints(JobFingerprint fingerprint) {
        CheckpointStore store = CheckpointStore.of(job, context.hadoopConfiguration());
        return store == null ? null : new Checkpointer(store, job.checkpoint().every(), fingerprint);
    }

    private Synchronizer synchronizer(Network network, TrainingSetup setup, Workers workers, RankPool ranks) {
        SyncSpec sync = job.sync();
        TrainingPlan plan = setup.plan();
        return switch (sync.mode()) {
            case GRADIENT -> gradientMode(new Synchronizer.Gradient(setup, workers), network, setup, ranks);
            case AVERAGING -> new Synchronizer.Averaging(plan, sync.localSteps(), sync.outer(), workers);
        };
    }

    private Synchronizer gradientMode(Synchronizer byDriver, Network network, TrainingSetup setup, RankPool ranks) {
        SyncSpec.Transport transport = job.sync().transport();
        if (transport == SyncSpec.Transport.DRIVER) {
            if (setup.plan().compression().keepsResiduals() && !context.isLocal()) {
                listener.notice("sync.compression: with sync.transport driver the residuals travel in each step, which"
                        + " saves nothing; allreduce has the same bits and sends them once a round");
            }
            return byDriver;
        }
        boolean free = transport == SyncSpec.Transport.AUTO && !network.globalStatistics();
        String obstacle = ranks.obstacleToAllReduce();
        if (obstacle != null) {
            if (!free) {
                throw new IllegalArgumentException("sync.transport: " + obstacle);
            }
            listener.notice("sync.transport: driver, since " + obstacle);
            return byDriver;
        }
        Synchronizer allReduce = new AllReduce(setup, ranks, listener::notice);
        FasterTransport.Ranks all = new FasterTransport.Ranks(ranks::ranks, ranks::stepTimes);
        return free ? new FasterTransport(byDriver, allReduce, all, listener::notice) : allReduce;
    }

    private LossSum test(TrainingSetup setup, JobData data, TrainState end) {
        if (data.test() == null) {
            return null;
        }
        try (RankPool pool = new RankPool(context, setup, data.test())) {
            return pool.losses(end.parameters());
        }
    }

    private void announce(JobData data, Network network, TrainingPlan plan, TrainState begin) {
        listener.started(new TrainingOverview(
                plan.epochs(),
                plan.stepsPerEpoch(),
                plan.rows(),
                data.validation() == null ? 0 : data.validation().rows(),
                network.parameterCount(),
                plan.shards(),
                data.training().ranks().tasks(),
                data.training().ranks().ranks(),
                begin.epoch(),
                begin.step(),
                synchronizerName()));
    }

    private String synchronizerName() {
        SyncSpec sync = job.sync();
        return sync.mode() == SyncSpec.Mode.GRADIENT ? "gradient" : "averaging every " + sync.localSteps() + " steps";
    }

    private static String reason(TrainState end, TrainingPlan plan) {
        return end.epoch() == plan.epochs() ? "all epochs trained" : "stopped early";
    }
}
