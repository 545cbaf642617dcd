package dev.lockstep.spark.train;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.KlWeight;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.train.Compression;
import dev.lockstep.nn.train.EarlyStopping;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.Names;
import dev.lockstep.spark.config.ScaleSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.SourceDescription;
import dev.lockstep.spark.ingest.Targets;
import dev.lockstep.spark.shard.JobData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Binds a job to its rows: the network, the scaling, the plan of its steps. What does not fit is refused here, before
 * the first step; what fits badly gives a notice.
 */
final class JobSetup {
    /** Fewer rows than these have noisy statistics. */
    private static final int FEW_ROWS = 32;

    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?");

    private final JobSpec job;
    private final JobData data;
    private ModelSpec model;
    private final Consumer<String> notices;

    /**
     * A job and its rows.
     *
     * @param notices receives what the user should know and is no failure
     */
    JobSetup(JobSpec job, JobData data, Consumer<String> notices) {
        this.job = job;
        this.data = data;
        this.model = job.model().over(data.encoding());
        this.notices = notices;
    }

    /** What the rows have to predict. */
    static Targets targets(JobSpec job) {
        List<Loss.TargetColumn> heads = job.model().loss().targetColumns();
        if (!heads.isEmpty()) {
            return Targets.of(heads);
        }
        Names label = job.data().train().label();
        int labels = label == null ? 1 : label.values().size();
        Names classes = job.data().train().classes();
        if (label != null
                && labels > 1
                && classes != null
                && job.model().likelihood().classifies(labels)) {
            return Targets.ofSteps(label, classes);
        }
        return job.model().likelihood().classifies(labels) ? Targets.CLASS : Targets.VALUES;
    }

    /**
     * The job's network over the rows of a source.
     *
     * @throws IllegalArgumentException if it does not fit the rows, naming the key
     */
    static Network network(JobSpec job, SourceDescription rows) {
        return Network.bind(job.model().over(rows.encoding()), rows.layout().features());
    }

    /** What rows must hold for the job's network. */
    static RowRules rules(JobSpec job, Network network) {
        return network.rowRules(job.data().scale() != ScaleSpec.Named.NONE);
    }

    /**
     * The setup of the training.
     *
     * @param network of {@link #network}
     * @param frozen the layers that no step changes
     */
    TrainingSetup training(Network network, Set<String> frozen) {
        TrainingPlan plan = plan();
        ParameterUpdate update = new ParameterUpdate(
                        network,
                        job.optimizer(),
                        job.train().schedule(),
                        plan,
                        job.train().clipping(),
                        klWeight(network),
                        frozen)
                .averaging(job.train().weightAverage())
                .towards(job.train().posterior())
                .lazily(lazy(network));
        RowLayout layout = data.training().layout();
        return new TrainingSetup(new EvaluationSetup(model, layout, scaling(), plan.seed(), 0), plan, update);
    }

    private TrainingPlan plan() {
        return new TrainingPlan(
                job.train().seed(),
                job.data().shards(),
                data.training().rows(),
                data.training().rowWeight(),
                job.train().batchSize(),
                job.train().epochs(),
                job.data().augment(),
                job.sync().compression());
    }

    /**
     * Whether updates are lazy.
     *
     * @throws IllegalArgumentException if there is nothing to be lazy about
     */
    private boolean lazy(Network network) {
        if (!Boolean.TRUE.equals(job.train().lazyUpdate())) {
            return false;
        }
        if (!job.optimizer().elementwise()) {
            throw new IllegalArgumentException(
                    "train.lazyUpdate: expected an optimiser that steps each parameter separately, got lamb, which"
                            + " needs the norms of whole tensors");
        }
        if (!(job.sync().compression() instanceof Compression.None)) {
            throw new IllegalArgumentException(
                    "train.lazyUpdate: expected sync.compression none, because compression does not keep gradients by"
                            + " rows");
        }
        if (network.gradientLayout(data.training().layout()).tensors().isEmpty()) {
            throw new IllegalArgumentException("train.lazyUpdate: no first layer has a gradient that is kept by rows;"
                    + " expected a dense layer over at least 128 features, an embedding, or columns with embeddings,"
                    + " and no layer whose weights are distributions");
        }
        return true;
    }

    private void checkEarlyStopping(Network network) {
        EarlyStopping stopping = job.train().earlyStopping();
        if (stopping != null
                && stopping.metric().needsDistributions()
                && network.posteriors().isEmpty()) {
            throw new IllegalArgumentException(
                    "train.earlyStopping.metric: no layer has weights that are distributions, so there is no "
                            + stopping.metric().label()
                            + " to watch; expected another figure, or a layer such as variationalDense");
        }
    }

    private KlWeight klWeight(Network network) {
        KlWeight given = job.train().klWeight();
        if (given != null && network.posteriors().isEmpty()) {
            throw new IllegalArgumentException(
                    "train.klWeight: no layer has weights that are distributions, so there is no divergence from a"
                            + " prior; expected none, or a layer such as variationalDense");
        }
        return given == null ? KlWeight.ONE : given;
    }

    /**
     * The network, bound to the rows.
     *
     * @throws IllegalArgumentException if it does not fit them, naming the key
     */
    Network network() {
        RowLayout layout = data.training().layout();
        Network network = Network.bind(model, layout.features());
        if (network.parameterCount() == 0) {
            throw new IllegalArgumentException("model.layers: no layer has parameters, so there is nothing to train");
        }
        if (network.takesTokens() && job.data().scale() != ScaleSpec.Named.NONE) {
            throw new IllegalArgumentException(
                    "data.scale: the features are token indexes for the embedding, which cannot be scaled; expected"
                            + " none");
        }
        network.checkSteps(layout);
        job.data().augment().check(layout);
        network.loss().check(network.output(), layout.target(), data.classes());
        job.train().decision().check(network, data.classes() > 0);
        checkStatistics(network);
        checkAverage(network);
        checkEarlyStopping(network);
        checkPosterior(network);
        noteEmptySteps();
        noteLoneRows(network);
        noteBlockMomentum();
        noteNumbersAsNames();
        return balanced(network);
    }

    /** The same with the class weights that follow from the rows, where the job wants these. */
    private Network balanced(Network network) {
        if (!network.loss().balances()) {
            return network;
        }
        model = model.with(model.loss().balanced(data.training().classTotals(data.classes())));
        return Network.bind(model, network.input());
    }

    private void checkAverage(Network network) {
        if (job.train().trace() != null && network.globalStatistics()) {
            String key = job.train().posterior() == null ? "train.weightAverage" : "train.posterior";
            throw new IllegalArgumentException(key
                    + ": Lockstep measures the statistics of batchNorm again for the averaged weights, which"
                    + " does not work with statistics: global; expected statistics: shard");
        }
    }

    private void checkPosterior(Network network) {
        WeightPosterior posterior = job.train().posterior();
        if (posterior != null) {
            posterior.check(network, job.optimizer(), plan().horizon());
        }
    }

    private void checkStatistics(Network network) {
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
    }

    /** Said of the rows, not of the settings: few rows make small steps with any batch size. */
    private void noteEmptySteps() {
        long rows = data.training().rows();
        long shards = job.data().shards();
        long steps = fullSteps();
        if (rows > job.train().batchSize() && rows < shards * steps) {
            int batchSize = job.train().batchSize();
            String cause = batchSize < shards
                    ? "train.batchSize " + batchSize + " is less than data.shards " + shards
                    : rows + " rows are less than one for each of data.shards " + shards + " in each of an epoch's "
                            + steps + " steps";
            notices.accept(cause + ": all shards give a row in the same steps, so a step has some " + shards
                    + " rows or none; a larger batch or fewer shards help");
        }
    }

    private void noteBlockMomentum() {
        SyncSpec sync = job.sync();
        if (sync.mode() == SyncSpec.Mode.AVERAGING
                && sync.outer().expectsPlainSteps()
                && job.optimizer().adaptive()) {
            String inner = SpecMapper.tree(job.optimizer()).fieldNames().next();
            notices.accept("sync.outer: bmuf expects inner steps of sgd or momentum; the rates that " + inner
                    + " measures do not fit the parameters after block momentum, so the loss may rise at"
                    + " first; outer: nesterov and plain work");
        }
    }

    private void noteLoneRows(Network network) {
        long rows = data.training().rows();
        long shards = job.data().shards();
        long steps = fullSteps();
        boolean byShard = network.buffers().stream().anyMatch(statistics -> !statistics.global());
        if (byShard && rows < 2 * shards * steps) {
            notices.accept("batchNorm with statistics: shard normalises a single row per step in some shards with "
                    + rows + " rows, data.shards " + shards + " and train.batchSize "
                    + job.train().batchSize() + ", so features without positions become 0;"
                    + " fewer shards, a larger batch or statistics: global help");
        } else if (byShard && rows < FEW_ROWS * shards * steps) {
            notices.accept("batchNorm with statistics: shard normalises some " + rows / (shards * steps)
                    + " rows at a time (" + rows + " rows, data.shards " + shards + ", train.batchSize "
                    + job.train().batchSize()
                    + "), whose statistics are noisy: figures of training rows can be worse than those of"
                    + " validation rows; fewer shards, a larger batch or statistics: global help");
        }
    }

    /** Steps of a whole batch, of which an epoch has at least one that counts as such. */
    private long fullSteps() {
        return Math.max(1, data.training().rows() / job.train().batchSize());
    }

    /** A first line of numbers is a row rather than names, unless it counts the columns. */
    private void noteNumbersAsNames() {
        DataSchema schema = data.schema();
        boolean header = schema.source().format() == SourceSpec.Format.CSV
                && !Boolean.FALSE.equals(schema.source().header());
        List<String> names = new ArrayList<>(schema.featureColumns());
        if (header && !counts(names)) {
            names.addAll(schema.labelColumns());
            long numbers = names.stream().filter(NUMBER.asMatchPredicate()).count();
            if (2 * numbers < names.size()) {
                return;
            }
            notices.accept(schema.source().path()
                    + ": the first line names the columns, but contains numbers; if it is a row, set"
                    + " data.train.header: false");
        }
    }

    private static boolean counts(List<String> names) {
        for (int i = 1; i < names.size(); i++) {
            if (!names.get(i).matches("[0-9]{1,9}")
                    || !names.get(i - 1).matches("[0-9]{1,9}")
                    || Integer.parseInt(names.get(i)) != Integer.parseInt(names.get(i - 1)) + 1) {
                return false;
            }
        }
        return names.size() > 1;
    }

    private Scaling scaling() {
        ColumnNotices columns = new ColumnNotices(data);
        columns.notices().forEach(notices);
        new RowNotices(data).notices().forEach(notices);
        Scaling features = job.data().scale().isMeasured()
                ? Scaling.standardise(columns.moments())
                : job.data().scale().given(data.training().layout().features());
        ScaleSpec target = job.data().scaleTarget();
        if (target == ScaleSpec.Named.NONE) {
            return features;
        }
        if (!job.model().likelihood().allowsScaledTargets()) {
            throw new IllegalArgumentException(
                    "data.scaleTarget: expected a loss that predicts the mean of numbers, such as meanSquaredError,"
                            + " got "
                            + SpecMapper.tree(job.model().loss()));
        }
        return features.withTargets(job.model()
                .likelihood()
                .scalable(
                        target.isMeasured()
                                ? data.training().standardiseTargets()
                                : target.given(data.training().layout().target())));
    }
}
