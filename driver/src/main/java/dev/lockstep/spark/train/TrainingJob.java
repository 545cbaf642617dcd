package dev.lockstep.spark.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.model.LayerProbe;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.train.EarlyStopping;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.RoundListeners;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.Trainer;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.nn.train.Workers;
import dev.lockstep.spark.checkpoint.Checkpointer;
import dev.lockstep.spark.checkpoint.JobFingerprint;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.Targets;
import dev.lockstep.spark.live.LiveRun;
import dev.lockstep.spark.live.LiveTab;
import dev.lockstep.spark.report.ExampleRows;
import dev.lockstep.spark.report.Listeners;
import dev.lockstep.spark.report.Measures;
import dev.lockstep.spark.report.TimeSpent;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import dev.lockstep.spark.report.TrainingSummary;
import dev.lockstep.spark.shard.HeapGuard;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.sync.RankTasks;
import dev.lockstep.spark.sync.SlotWatch;
import dev.lockstep.spark.sync.SparkEvaluation;
import dev.lockstep.spark.sync.SparkWorkers;
import java.util.List;
import java.util.Objects;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * A job from its description to a trained network: reads the rows into canonical shards, binds the network to them,
 * folds over the rounds, from a checkpoint on if there is one, and measures the test rows.
 */
public final class TrainingJob {
    private final TrainingInputs inputs;
    private final JavaSparkContext context;
    private final Cluster cluster;
    private final JobSpec job;
    private final TrainingListener listener;
    /** The training on a page of Spark's UI; null where there is none. */
    private final @Nullable LiveRun live;

    private final @Nullable RunDirectory directory;
    private final CancellableWork work;
    private final TakesTurns turns;

    /**
     * A job, not yet begun.
     *
     * @param spark where it runs
     * @param job what to do
     * @param listener receives the progress
     * @param directory is claimed when training begins; null: none
     */
    public TrainingJob(SparkSession spark, JobSpec job, TrainingListener listener, @Nullable RunDirectory directory) {
        this(TrainingInputs.of(spark), job, listener, directory);
    }

    /** The same with what a program hands in. */
    public TrainingJob(
            TrainingInputs inputs, JobSpec job, TrainingListener listener, @Nullable RunDirectory directory) {
        this.directory = directory;
        this.inputs = inputs;
        this.context = JavaSparkContext.fromSparkContext(inputs.tables().spark().sparkContext());
        this.job = job;
        this.live = LiveTab.open(context.sc(), name(job));
        this.listener = live == null ? listener : new Listeners(List.of(listener, live));
        this.cluster = Cluster.of(context, this.listener::notice);
        work = new CancellableWork(context);
        turns = new TakesTurns(context.sc(), work::check, this.listener::notice);
    }

    /** The same without a directory. */
    public TrainingJob(SparkSession spark, JobSpec job, TrainingListener listener) {
        this(spark, job, listener, null);
    }

    /**
     * The result of a job.
     *
     * @param model the trained network and all that prediction needs
     * @param measures of the test rows; without any, of the validation rows if there is a directory; else null
     * @param examples rows among them on which the model is worst, see {@link ExampleRows}; null without a directory
     * @param data what the rows hold; null without a directory
     * @param environment what the model was trained with and on; null without a directory
     */
    public record Result(
            SavedModel model,
            @Nullable Measures measures,
            @Nullable ObjectNode examples,
            @Nullable ObjectNode data,
            @Nullable ObjectNode environment) {}

    /**
     * Trains.
     *
     * @throws dev.lockstep.nn.train.TrainingException if a loss, a parameter or a running statistic stops being finite
     * @throws dev.lockstep.spark.shard.HeapTooSmallException if the driver or an executor runs out of memory
     * @throws dev.lockstep.spark.ingest.IngestException if the rows cannot be read
     * @throws dev.lockstep.spark.checkpoint.CheckpointException if a checkpoint cannot be written, or those that are
     *     there are another job's
     * @throws IllegalArgumentException if the network does not fit the rows, or no executor is left
     * @throws TrainingCancelledException if it is cancelled: by {@link #cancel}, by an interrupt of this thread, or as
     *     a Spark job
     */
    public Result run() {
        try {
            return HeapGuard.guard(() ->
                    work.run(() -> SlotWatch.over(context, listener::notice, () -> cluster.watch(this::readAndTrain))));
        } catch (RuntimeException | Error e) {
            if (live != null) {
                live.failed(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /** What the rows of a job have to predict. */
    public static Targets targets(JobSpec job) {
        return JobSetup.targets(job);
    }

    /**
     * Refuses a network that the processes have no memory for, as {@link #run} does, without reading rows.
     *
     * @param rows what the training rows are
     * @param assignment which ranks and tasks have which shards
     * @throws IllegalArgumentException naming what is too large and the setting to change
     */
    public static void checkMemory(
            JobSpec job, SourceDescription rows, Cluster cluster, ShardAssignment assignment, SparkConf conf) {
        Network network = JobSetup.network(job, rows);
        TrainingSizes sizes = TrainingSizes.of(job, network, rows.layout(), false, false, null);
        TrainingMemory.of(job.sync(), network, sizes, cluster, conf, assignment).check();
    }

    private static String name(JobSpec job) {
        String output = job.output() == null ? null : job.output().dir();
        return output == null ? job.data().train().path() : output;
    }

    /**
     * Ends the training soon, from any thread: {@link #run} throws {@link TrainingCancelledException}. Checkpoints
     * written so far stay. Only Spark jobs of this training are cancelled.
     */
    public void cancel() {
        work.cancel();
    }

    private Result readAndTrain() {
        TrainingClock clock = new TrainingClock();
        String closed = OpenPackages.notice();
        if (closed != null) {
            listener.notice(closed);
        }
        SavedModel initialModel = InitialLayers.model(job, inputs, context.hadoopConfiguration());
        ShardAssignment assignment = cluster.assign(job.data().shards());
        StageProgress reading = StageProgress.open(context.sc(), listener);
        try (JobData data = read(assignment)) {
            data.notices().forEach(listener::notice);
            JobSetup jobSetup = new JobSetup(job, data, listener::notice);
            Network network = jobSetup.network();
            InitialLayers initial = initialModel == null || job.init() == null
                    ? InitialLayers.NONE
                    : InitialLayers.of(
                            job.init(), initialModel, network, data.columns().classes());
            TrainingSetup setup = jobSetup.training(network, initial.frozen());
            DataDescription description = directory == null ? null : DataDescription.of(data, network);
            reading.close();
            Trained trained = train(setup, data, initial, clock);
            TrainState end = trained.end();
            listener.finished(new TrainingSummary(
                    end.epoch(),
                    end.step(),
                    trained.time().total(),
                    reason(end, setup.plan()),
                    modelEpoch(end),
                    trained.time()));
            SavedModel model = SavedModel.of(
                            setup.network(),
                            end.learned(),
                            setup.evaluation().scaling(),
                            setup.plan().seed(),
                            data.columns())
                    .with(trained.decision());
            FinalMeasurement.Measured measured = measure(setup, data, model, trained.decision());
            return new Result(
                    model,
                    measured == null ? null : measured.measures(),
                    measured == null ? null : measured.examples(),
                    description == null ? null : description.json(),
                    description == null
                            ? null
                            : RunEnvironment.json(
                                    context,
                                    data.training().assignment(),
                                    description.processes(),
                                    trained.fingerprint()));
        } finally {
            reading.close();
        }
    }

    private JobData read(ShardAssignment assignment) {
        listener.preparing("reading " + job.data().train().path());
        return JobData.read(
                inputs.tables(),
                job.data(),
                JobSetup.targets(job),
                rows -> rules(rows, assignment),
                job.train().seed(),
                assignment);
    }

    /** What rows must hold for the network, which has to fit into memory before they are read. */
    private RowRules rules(SourceDescription rows, ShardAssignment assignment) {
        Network network = JobSetup.network(job, rows);
        memory(network, rows.layout(), assignment, null).check();
        return JobSetup.rules(job, network);
    }

    /** The last state, what was fitted afterwards, how long it took, and the SHA-256 of what decided its bits. */
    private record Trained(TrainState end, Decision decision, TimeSpent time, String fingerprint) {}

    private Trained train(TrainingSetup setup, JobData data, InitialLayers layers, TrainingClock clock) {
        TrainingMemory memory = checkMemory(setup, data);
        try (RankTasks<Rank> training = RankTasks.training(setup, data.training());
                SparkEvaluation validation = data.validation() == null
                        ? null
                        : new SparkEvaluation(cluster, setup.evaluation(), data.validation())) {
            SparkWorkers workers = new SparkWorkers(cluster, training, validation);
            Synchronizer synchronizer = clock.waiting(turns.rounds(
                    clock.rounds(new JobSynchronizer(job.sync(), setup, workers, memory, listener::notice).choose())));
            JobFingerprint fingerprint = JobFingerprint.of(job, data, layers.fingerprint());
            boolean interrupted = directory != null && directory.claim(fingerprint);
            try (JobCheckpoints kept = JobCheckpoints.open(
                            job,
                            fingerprint,
                            directory,
                            inputs.checkpoints(),
                            context.hadoopConfiguration(),
                            listener::notice);
                    Checkpointer checkpoints = kept.checkpointer()) {
                TrainState initial = initial(setup, synchronizer, layers);
                TrainState begin =
                        checkpoints == null ? initial : checkpoints.begin(setup.plan(), initial, listener::notice);
                if (directory != null) {
                    // Not before the checkpoints have turned out to be this job's.
                    directory.begin(fingerprint);
                }
                if (interrupted && begin.step() == 0) {
                    listener.notice("an unfinished run of this job starts over");
                }
                if (begin.step() == 0 && !layers.notice().isEmpty()) {
                    listener.notice(layers.notice());
                }
                TrainingListener hearing = kept.keepingFigures(listener);
                announce(setup, data, begin, hearing);
                RoundListener rounds = rounds(
                        setup,
                        training,
                        measuresLayers() ? ProbeRows.probe(setup, data.training()) : null,
                        checkpoints == null ? null : clock.checkpoints(checkpoints),
                        hearing);
                Workers measuring = turns.measuring(clock.measuring(workers));
                clock.untilNow(TimeSpent.Work.READING);
                TrainState last =
                        new Trainer(setup, synchronizer, measuring, job.train().earlyStopping(), rounds).train(begin);
                FinalFit.Fitted fitted = new FinalFit(
                                job.train(),
                                setup,
                                measuring,
                                samples -> new SparkEvaluation(
                                        cluster,
                                        setup.evaluation().withSamples(samples),
                                        Objects.requireNonNull(data.validation())),
                                turns,
                                listener::notice)
                        .of(last);
                TimeAdvice advice = new TimeAdvice(
                        job,
                        data.training().assignment(),
                        cluster.isDriver(),
                        data.training().rows());
                TimeSpent time = advice.of(clock.seconds(training.traffic()));
                kept.ended();
                return new Trained(fitted.end(), fitted.decision(), time, fingerprint.sha256());
            }
        }
    }

    private TrainState initial(TrainingSetup setup, Synchronizer synchronizer, InitialLayers layers) {
        TrainState initial = setup.initialState(synchronizer.outerMomentum(), layers::copyInto);
        EarlyStopping stopping = job.train().earlyStopping();
        return stopping != null && stopping.restoreBest() ? initial.keepingBest() : initial;
    }

    private TrainingMemory memory(
            Network network, RowLayout layout, ShardAssignment assignment, @Nullable ShardedData rows) {
        boolean checkpoints = directory != null || inputs.checkpoints() != null || job.checkpoint() != null;
        TrainingSizes sizes = TrainingSizes.of(job, network, layout, checkpoints, measuresLayers(), rows);
        return TrainingMemory.of(job.sync(), network, sizes, cluster, context.getConf(), assignment);
    }

    /** Where nobody looks, nothing is measured. */
    private boolean measuresLayers() {
        return directory != null || live != null;
    }

    private TrainingMemory checkMemory(TrainingSetup setup, JobData data) {
        TrainingMemory memory = memory(
                setup.network(), data.training().layout(), data.training().assignment(), data.training());
        memory.check();
        listener.memory(memory.table());
        WholeRows.check(
                setup.network(),
                setup.evaluation().scaling(),
                data.training(),
                setup.plan().batchSize(),
                cluster.isDriver() ? Runtime.getRuntime().maxMemory() : Long.MAX_VALUE,
                listener::notice);
        return memory;
    }

    private RoundListener rounds(
            TrainingSetup setup,
            RankTasks<Rank> training,
            @Nullable LayerProbe probe,
            @Nullable RoundListener checkpoints,
            TrainingListener hearing) {
        RoundListener progress = new ProgressReporter(
                setup.network(), training.traffic()::stepTimes, training.traffic()::rankTimes, probe, hearing);
        RoundListener cancellation = new RoundListener() {
            @Override
            public void settled(TrainState state) {
                work.check();
            }
        };
        return new RoundListeners(
                checkpoints == null ? List.of(progress, cancellation) : List.of(progress, checkpoints, cancellation));
    }

    private FinalMeasurement.@Nullable Measured measure(
            TrainingSetup setup, JobData data, SavedModel model, Decision decision) {
        boolean test = data.test() != null;
        ShardedData rows = !test && directory != null ? data.validation() : data.test();
        int examples =
                directory == null || job.output() == null ? 0 : job.output().examples();
        return rows == null
                ? null
                : new FinalMeasurement(
                                cluster,
                                turns,
                                setup.evaluation().with(decision),
                                test ? "test" : "validation",
                                examples)
                        .of(model, rows);
    }

    private void announce(TrainingSetup setup, JobData data, TrainState begin, TrainingListener hearing) {
        TrainingPlan plan = setup.plan();
        hearing.started(new TrainingOverview(
                plan.epochs(),
                plan.stepsPerEpoch(),
                plan.rows(),
                data.validation() == null ? 0 : data.validation().rows(),
                setup.network().parameterCount(),
                plan.shards(),
                data.training().assignment().tasks(),
                data.training().assignment().ranks(),
                begin.epoch(),
                begin.step(),
                synchronizerName()));
    }

    private String synchronizerName() {
        SyncSpec sync = job.sync();
        return sync.mode() == SyncSpec.Mode.GRADIENT ? "gradient" : "averaging every " + sync.localSteps() + " steps";
    }

    private String reason(TrainState end, TrainingPlan plan) {
        EarlyStopping stopping = job.train().earlyStopping();
        boolean early = end.epoch() < plan.epochs();
        if (stopping == null) {
            return "all epochs trained";
        }
        return early
                ? stopping.metric().label() + " has not improved for " + stopping.patience() + " epochs"
                : "all epochs trained";
    }

    private int modelEpoch(TrainState end) {
        EarlyStopping stopping = job.train().earlyStopping();
        return stopping != null && stopping.restoreBest() ? stopping.best(end.history()) : end.epoch();
    }
}
