package dev.lockstep.spark.doctor;

import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.train.TrainingException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.ScaleSpec;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.config.SyncSpec.Transport;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.Tables;
import dev.lockstep.spark.report.TrainingOverview;
import dev.lockstep.spark.shard.JobData;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.sync.ProcessFacts;
import dev.lockstep.spark.sync.TaskSlots;
import dev.lockstep.spark.train.TrainingCancelledException;
import dev.lockstep.spark.train.TrainingJob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a job and a cluster: the processes and their kernels, the settings against each other, and then the training
 * itself for some seconds each way, which gives the time of a step and whatever the training notices of its rows.
 * Nothing is written.
 */
public final class Doctor {
    /** How many times the loss of an even guess the first loss may be. */
    private static final double FAR = 2;

    /** A greater first loss of numbers says that their unit is far from that of the network. */
    private static final double GREAT_LOSS = 1e4;

    /** How many times the first loss the mean of ten losses reaches at most in a training that learns. */
    private static final double WORSE = 1.5;

    /** What a change has to save of the whole training to be worth it. */
    private static final double WORTH_SECONDS = 10;

    /** Rows of a rank in a step, below which products are too small to be fast. */
    private static final int FEW_ROWS = 16;

    private final SparkSession spark;
    private final JavaSparkContext context;
    private final JobSpec job;
    private final double seconds;
    private final Consumer<String> progress;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Pace> paces = new ArrayList<>();
    private @Nullable IllegalArgumentException refusal;

    /**
     * An examination, not yet begun.
     *
     * @param seconds how long to train each way
     * @param progress receives what is being tried
     */
    public Doctor(SparkSession spark, JobSpec job, double seconds, Consumer<String> progress) {
        this.spark = spark;
        this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.job = job;
        this.seconds = seconds;
        this.progress = progress;
    }

    /**
     * Examines.
     *
     * @throws dev.lockstep.spark.ingest.IngestException if the rows cannot be read
     * @throws IllegalArgumentException if the network does not fit the rows, or no executor is there
     */
    public Diagnosis examine() {
        Cluster cluster = Cluster.of(context, progress);
        ShardAssignment assignment = cluster.assign(job.data().shards());
        SourceDescription rows = JobData.describe(
                Tables.of(spark),
                job.data(),
                TrainingJob.targets(job),
                job.train().seed());
        boolean averages = job.sync().mode() == SyncSpec.Mode.AVERAGING;
        // What fits in no way has not to be timed.
        JobSpec anyWay = job(averages ? job.sync() : with(Transport.AUTO));
        TrainingJob.checkMemory(anyWay, rows, cluster, assignment, context.getConf());
        int slots = new TaskSlots(context, progress).available();
        findings.addAll(new SettingChecks(
                        context.getConf(), job, assignment.ranks(), slots, ProcessFacts.ofTasks(context, slots))
                .findings());
        if (averages) {
            tryOut("sync.mode=averaging", job.sync(), rows);
        } else {
            tryOut("sync.transport=driver", with(Transport.DRIVER), rows);
            String obstacle = cluster.obstacleToAllReduce();
            if (obstacle == null) {
                tryOut("sync.transport=allreduce", with(Transport.ALLREDUCE), rows);
            } else {
                findings.add(Finding.fact("all-reduce", obstacle));
            }
        }
        if (paces.isEmpty() && refusal != null) {
            throw refusal;
        }
        advisePace(assignment.ranks());
        return new Diagnosis(findings, paces);
    }

    private SyncSpec with(Transport transport) {
        SyncSpec sync = job.sync();
        return new SyncSpec(sync.mode(), sync.localSteps(), sync.outer(), transport, sync.compression());
    }

    /** The job as it is, but for the way and with nothing to write. */
    private JobSpec job(SyncSpec sync) {
        return new JobSpec(job.data(), job.model(), job.init(), job.optimizer(), job.train(), sync, null, null, null);
    }

    private void tryOut(String way, SyncSpec sync, SourceDescription rows) {
        progress.accept("trying " + way + " for " + Math.round(seconds) + " s");
        TrainingJob[] training = new TrainingJob[1];
        SpeedTrial trial = new SpeedTrial((long) (seconds * 1e9), System::nanoTime, () -> training[0].cancel());
        training[0] = new TrainingJob(spark, job(sync), trial);
        try {
            training[0].run();
        } catch (TrainingCancelledException e) {
            // The trial has ended it.
        } catch (TrainingException e) {
            findings.add(new Finding(
                    "training",
                    way + ": " + e.getMessage(),
                    job.data().scale() == ScaleSpec.Named.NONE
                            ? List.of("--set data.scale=standardise", "a smaller learning rate")
                            : List.of("a smaller learning rate")));
            return;
        } catch (IllegalArgumentException e) {
            findings.add(Finding.fact("refused", way + ": " + e.getMessage()));
            refusal = e;
            return;
        }
        TrainingOverview overview = trial.overview();
        if (overview == null) {
            return;
        }
        if (paces.isEmpty()) {
            findings.add(Finding.fact(
                    "rows",
                    overview.rows() + " to train on, " + overview.validationRows() + " for validation; "
                            + overview.parameters() + " parameters"));
            trial.memory().forEach(line -> findings.add(Finding.fact("memory", line)));
            trial.notices().forEach(notice -> findings.add(Finding.fact("notice", notice)));
            adviseScale(trial.firstLoss(), rows);
            adviseLearningRate(trial);
        }
        paces.add(new Pace(way, true, trial.millisAStep(), overview.stepsInEpoch()));
        if (overview.ranks() > 1 && !Double.isNaN(trial.aloneMillisAStep())) {
            paces.add(new Pace("--master 'local[1]'", false, trial.aloneMillisAStep(), overview.stepsInEpoch()));
        }
    }

    /** A network that has learned nothing should begin with the loss of a guess. */
    private void adviseScale(double firstLoss, SourceDescription rows) {
        Network network =
                Network.bind(job.model().over(rows.encoding()), rows.layout().features());
        if (rows.labelled()) {
            double guess = StrictMath.log(Math.max(2, network.output().last()));
            if (firstLoss > FAR * guess) {
                findings.add(new Finding(
                        "first loss",
                        String.format(
                                Locale.ROOT,
                                "the first loss is %.4g, but guessing gives %.4g: are the features far from 1, or is"
                                        + " the learning rate too large?",
                                firstLoss,
                                guess),
                        remedies("data.scale", job.data().scale())));
            }
        } else if (firstLoss > GREAT_LOSS) {
            findings.add(new Finding(
                    "first loss",
                    String.format(Locale.ROOT, "the first loss is %.4g: the targets are far from 1", firstLoss),
                    remedies("data.scaleTarget", job.data().scaleTarget())));
        }
    }

    private void adviseLearningRate(SpeedTrial trial) {
        if (trial.worstLoss() > WORSE * Math.abs(trial.firstLoss())) {
            findings.add(new Finding(
                    "learning rate",
                    String.format(
                            Locale.ROOT,
                            "the loss rises from %.4g to %.4g within %,d steps: the learning rate may be too large",
                            trial.firstLoss(),
                            trial.worstLoss(),
                            trial.steps()),
                    List.of("a learning rate ten times smaller")));
        }
    }

    private static List<String> remedies(String setting, ScaleSpec scale) {
        return List.of(scale == ScaleSpec.Named.NONE ? "--set " + setting + "=standardise" : "a smaller learning rate");
    }

    /** Of trainings that are over soon nothing has to be said. */
    private void advisePace(int ranks) {
        Pace measured = fastest(true);
        Pace best = fastest(false);
        if (measured == null || best == null || total(measured) < WORTH_SECONDS) {
            return;
        }
        int rows = job.train().batchSize() / ranks;
        if (ranks > 1 && rows < FEW_ROWS) {
            findings.add(new Finding(
                    "batch",
                    "train.batchSize " + job.train().batchSize() + " gives a rank some " + rows
                            + " rows a step, too few to keep it busy; a larger batch, with a larger learning rate,"
                            + " needs fewer steps",
                    List.of("--set train.batchSize=" + FEW_ROWS * ranks)));
        }
        if (total(measured) > total(best) + WORTH_SECONDS) {
            findings.add(new Finding(
                    "speed",
                    String.format(
                            Locale.ROOT,
                            "distributing does not pay off here: one rank alone would take about %.2f s an epoch"
                                    + " instead"
                                    + " of %.2f s, with the same bits",
                            best.secondsAnEpoch(),
                            measured.secondsAnEpoch()),
                    List.of(best.way())));
        }
    }

    private double total(Pace pace) {
        return pace.secondsAnEpoch() * job.train().epochs();
    }

    /** @param measured whether ways that were not tried are left out */
    private @Nullable Pace fastest(boolean measured) {
        return paces.stream()
                .filter(pace -> pace.measured() || !measured)
                .min(Comparator.comparingDouble(Pace::millisAStep))
                .orElse(null);
    }
}
