package dev.lockstep.nn.train;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.AveragePool1d;
import dev.lockstep.nn.layer.AveragePool2d;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.layer.Columns;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Extent;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.GlobalAveragePool;
import dev.lockstep.nn.layer.GlobalMaxPool;
import dev.lockstep.nn.layer.GroupNorm;
import dev.lockstep.nn.layer.Gru;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.MaxPool1d;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.layer.SimpleRnn;
import dev.lockstep.nn.layer.Variational;
import dev.lockstep.nn.layer.VariationalConv2d;
import dev.lockstep.nn.layer.VariationalDense;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.ClassWeights;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Focal;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Heads;
import dev.lockstep.nn.loss.Hinge;
import dev.lockstep.nn.loss.Huber;
import dev.lockstep.nn.loss.LaplaceNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanAbsoluteError;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.loss.MixtureDensity;
import dev.lockstep.nn.loss.NegativeBinomial;
import dev.lockstep.nn.loss.Poisson;
import dev.lockstep.nn.loss.Quantile;
import dev.lockstep.nn.loss.SoftCrossEntropy;
import dev.lockstep.nn.loss.StudentTNll;
import dev.lockstep.nn.model.Ensemble;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.optim.Adagrad;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.AdamW;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.KlWeight;
import dev.lockstep.nn.optim.Lamb;
import dev.lockstep.nn.optim.Momentum;
import dev.lockstep.nn.optim.Nesterov;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.RmsProp;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Initializer;
import dev.lockstep.nn.param.Prior;
import dev.lockstep.nn.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A table of small networks that holds every kind of layer, and the digests of what each is trained to: what must not
 * change with the ranks, the kernels or the JVM.
 */
final class NetworkBits {
    /** Some of the 5 shards supply no row in some steps. */
    private static final int SHARDS = 5;

    private static final int ROWS = 23;
    private static final int BATCH = 6;
    private static final long SEED = 29;

    /** How the shards agree. */
    enum Mode {
        /** Every step. */
        GRADIENT,
        /** Every two steps. */
        AVERAGING,
        /** Every step, the ranks being threads that combine gradients among themselves. */
        ALLREDUCE
    }

    /**
     * A network.
     *
     * @param name for messages
     * @param input shape of a row
     * @param hidden its layers but for the last one, a dense layer
     * @param problem what it is trained for
     */
    record Case(String name, Shape input, List<LayerSpec> hidden, Problem problem) {
        Case(String name, Shape input, List<LayerSpec> hidden) {
            this(name, input, hidden, Problem.CLASSIFY);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * What a network is trained for.
     *
     * @param loss what it minimises
     * @param outputs units of its last layer
     * @param target shape of a target, whose numbers are from 0 to {@code values - 1}
     * @param values see there
     * @param tokens features are integers from 0 to {@code tokens - 1}; 0: they are normal numbers
     * @param sequences whether rows have weights and lengths of their own
     * @param optimizer the rule
     * @param clipping bounds on the gradient
     * @param penalty L1 and L2; 0 for neither and no bound on norms
     * @param ensemble networks side by side, or with weights that they share
     */
    record Problem(
            Loss loss,
            int outputs,
            Shape target,
            int values,
            int tokens,
            boolean sequences,
            Optimizer optimizer,
            GradientClipping clipping,
            double penalty,
            Ensemble ensemble) {
        static final Problem CLASSIFY = new Problem(new CrossEntropy(), new Adam(0.01, null, null, null), 3, 1, 3);

        /** Networks side by side. */
        Problem(
                Loss loss,
                int outputs,
                Shape target,
                int values,
                int tokens,
                boolean sequences,
                Optimizer optimizer,
                GradientClipping clipping,
                double penalty,
                int ensemble) {
            this(loss, outputs, target, values, tokens, sequences, optimizer, clipping, penalty, Ensemble.of(ensemble));
        }

        /** Plain rows, targets {@code [size]}. */
        Problem(Loss loss, Optimizer optimizer, int outputs, int size, int values) {
            this(loss, outputs, Shape.of(size), values, 0, false, optimizer, GradientClipping.NONE, 0, 1);
        }

        ModelSpec model(List<LayerSpec> layers) {
            return penalty == 0
                    ? new ModelSpec(layers, loss, null, null, null, ensemble)
                    : new ModelSpec(layers, loss, penalty, 2 * penalty, 1.5, ensemble);
        }
    }

    /** What gradients may go through; with few parameters a tenth of them are a few. */
    static final List<Compression> COMPRESSIONS =
            List.of(new Compression.Bfloat16(), new Compression.Float16(), new Compression.TopK(0.1));

    private static final Activation RELU = new Activation.Relu();

    static final List<Case> CASES = List.of(
            new Case(
                    "dense",
                    Shape.of(9),
                    List.of(
                            new Dense(17, new Activation.Tanh()),
                            new Dropout(0.3),
                            new Dense(5, new Activation.Sigmoid()),
                            new Activation.Softmax(),
                            new Activation.Linear())),
            new Case(
                    "activations",
                    Shape.of(19),
                    List.of(
                            new Dense(18, RELU),
                            new Activation.LeakyRelu(null),
                            new Activation.Elu(null),
                            new Dense(34, new Activation.Elu(0.5), null, Initializer.ORTHOGONAL),
                            new Activation.Gelu(),
                            new Activation.MeanAndVariance(),
                            new Activation.Silu(),
                            new Activation.Exponential(),
                            new Activation.Softplus(),
                            new Activation.Softsign(),
                            RELU,
                            new Activation.Sigmoid(),
                            new Activation.Tanh())),
            new Case(
                    "variational",
                    Shape.of(6, 5, 2),
                    List.of(
                            new VariationalConv2d(5, 3, Padding.SAME, RELU, Estimator.REPARAMETERIZATION),
                            new VariationalConv2d(3, 2, Padding.VALID, RELU, Estimator.FLIPOUT),
                            new VariationalDense(18, RELU, Estimator.LOCAL_REPARAMETERIZATION),
                            new VariationalDense(
                                    7,
                                    new Activation.Tanh(),
                                    Estimator.FLIPOUT,
                                    new Prior.ScaleMixture(null, null, null),
                                    0.1,
                                    null),
                            new VariationalDense(5, null, Estimator.REPARAMETERIZATION))),
            new Case(
                    "variational steps",
                    Shape.of(5, 4),
                    List.of(new VariationalDense(9, RELU, Estimator.FLIPOUT)),
                    new Problem(
                            new GaussianNll(),
                            4,
                            Shape.of(10),
                            3,
                            0,
                            true,
                            new Adam(0.01, null, null, null),
                            GradientClipping.NONE,
                            0,
                            2)),
            new Case(
                    "drawn steps",
                    Shape.of(6),
                    List.of(
                            new Variational(new Embedding(5, 9, true, null), null, new Prior.Learned(), 0.1),
                            new Variational(new Conv1d(18, 3, null, Padding.SAME, 2, 3, RELU, null, null)),
                            new Dropout(0.2, true),
                            new Variational(
                                    new Lstm(5, null, true, null, null, null, 0.3),
                                    null,
                                    new Prior.Gaussian(1.0, Prior.Gaussian.Scale.FAN_IN),
                                    null),
                            new Variational(new Bidirectional(new Gru(3, true), null)),
                            new SimpleRnn(17, null, true, null, null, null, 0.4)),
                    new Problem(
                            new CrossEntropy(),
                            4,
                            Shape.of(6),
                            4,
                            5,
                            true,
                            new Adam(0.01, null, null, null),
                            GradientClipping.NONE,
                            0,
                            2)),
            new Case(
                    "ensemble",
                    Shape.of(6, 1),
                    List.of(new Dense(9, RELU), new BatchNorm(), new Dropout(0.2), new Flatten()),
                    new Problem(
                            new GaussianNll(),
                            4,
                            Shape.of(2),
                            3,
                            0,
                            true,
                            new Adam(0.01, null, null, null),
                            new GradientClipping(1.0, null),
                            0.01,
                            3)),
            new Case(
                    "shared ensemble",
                    Shape.of(6, 4),
                    List.of(
                            new Dense(9, RELU),
                            new Residual(List.of(new Dense(9, new Activation.Silu())), null),
                            new BatchNorm(),
                            new Dropout(0.2),
                            new Flatten()),
                    new Problem(
                            new CrossEntropy(),
                            3,
                            Shape.of(1),
                            3,
                            0,
                            true,
                            new Adam(0.01, null, null, null),
                            new GradientClipping(1.0, null),
                            0.01,
                            new Ensemble(3, true))),
            new Case(
                    "lenet",
                    Shape.of(13, 12),
                    List.of(
                            new Conv2d(6, 5, Padding.SAME, RELU),
                            new MaxPool2d(2),
                            new Conv2d(17, 3, Padding.VALID, null),
                            new AveragePool2d(Extent.of(3), Extent.of(2), Padding.SAME),
                            new Flatten(),
                            new Dense(20, RELU))),
            new Case(
                    "normalised",
                    Shape.of(8, 7, 2),
                    List.of(
                            new Conv2d(
                                    8,
                                    Extent.of(3),
                                    Extent.of(2),
                                    Padding.SAME,
                                    null,
                                    2,
                                    null,
                                    false,
                                    Initializer.HE_NORMAL),
                            new BatchNorm(RELU),
                            new Conv2d(16, Extent.of(2), null, null, Extent.of(2), null, RELU, null, null),
                            new LayerNorm(),
                            new GroupNorm(4),
                            new Dense(9),
                            new BatchNorm(new Activation.Silu()))),
            new Case(
                    "branches",
                    Shape.of(6, 6, 3),
                    List.of(
                            new Residual(List.of(new Conv2d(3, 3, Padding.SAME, RELU), new BatchNorm()), null),
                            new Concat(List.of(
                                    List.of(),
                                    List.of(new Conv2d(5, 1, Padding.SAME, RELU)),
                                    List.of(
                                            new MaxPool2d(Extent.of(3), Extent.ONE, Padding.SAME),
                                            new Conv2d(
                                                    4,
                                                    new Extent(1, 3),
                                                    null,
                                                    Padding.SAME,
                                                    null,
                                                    null,
                                                    RELU,
                                                    null,
                                                    null)))),
                            new Residual(
                                    List.of(new Conv2d(8, 3, Padding.VALID, null)),
                                    List.of(new Conv2d(8, 3, Padding.VALID, null))),
                            new GlobalAveragePool())),
            new Case(
                    "sequence",
                    Shape.of(15, 4),
                    List.of(
                            new Conv1d(18, 3, 2, Padding.SAME, null, 2, RELU, null, null),
                            new MaxPool1d(3, 2, Padding.SAME),
                            new AveragePool1d(2, 1, Padding.VALID),
                            new Conv1d(7, 2, Padding.VALID, new Activation.Tanh()),
                            new GlobalMaxPool())),
            new Case(
                    "recurrent",
                    Shape.of(5, 4),
                    List.of(
                            new SimpleRnn(18, true),
                            new Bidirectional(new Lstm(3, true), null),
                            new SimpleRnn(5, RELU, true, 2, null, null, null),
                            new Gru(17, false)),
                    new Problem(
                            new CrossEntropy(0.1, ClassWeights.of(List.of(1.0, 0.5, 2.0))),
                            3,
                            Shape.of(1),
                            3,
                            0,
                            true,
                            new RmsProp(0.01, null, null, 0.5),
                            new GradientClipping(0.1, null),
                            0,
                            1)),
            new Case(
                    "valid steps",
                    Shape.of(5, 4),
                    List.of(
                            new Conv1d(18, 3, Padding.SAME, new Activation.Tanh()),
                            new Concat(List.of(List.of(new GlobalMaxPool()), List.of(new GlobalAveragePool())))),
                    new Problem(
                            new CrossEntropy(),
                            3,
                            Shape.of(1),
                            3,
                            0,
                            true,
                            new Adam(0.01, null, null, null),
                            GradientClipping.NONE,
                            0,
                            1)),
            new Case(
                    "tokens",
                    Shape.of(6),
                    List.of(
                            new Embedding(5, 18, true, null),
                            new Bidirectional(new Gru(5, true), Bidirectional.Merge.SUM),
                            new Lstm(9, null, true, 4, null, null, null)),
                    new Problem(
                            new CrossEntropy(),
                            4,
                            Shape.of(6),
                            4,
                            5,
                            true,
                            new Lamb(0.05, null, null, null, null),
                            new GradientClipping(null, 0.02),
                            1e-3,
                            1)),
            new Case(
                    "columns",
                    Shape.of(6),
                    List.of(
                            new ColumnEmbeddings(List.of(
                                    new ColumnEmbeddings.Column(0, 4, 18), new ColumnEmbeddings.Column(3, 5, 2))),
                            new Concat(List.of(
                                    List.of(
                                            new Columns(
                                                    List.of("c"), 24, List.of(new Columns.Part(2, 16)), Shape.of(4, 4)),
                                            new Conv1d(3, 2, null, null),
                                            new Flatten()),
                                    List.of(
                                            new Columns(
                                                    List.of("a", "b"),
                                                    24,
                                                    List.of(new Columns.Part(18, 6), new Columns.Part(0, 2)),
                                                    null),
                                            new Dense(9, RELU))))),
                    new Problem(
                            new CrossEntropy(),
                            3,
                            Shape.of(1),
                            3,
                            5,
                            false,
                            new Adam(0.01, null, null, null),
                            GradientClipping.NONE,
                            0,
                            2)),
            regression("squares", new MeanSquaredError(), new Momentum(0.05, null), 2, 2),
            regression("distances", new MeanAbsoluteError(), new Adagrad(0.05, null), 2, 3),
            regression("huber", new Huber(0.5), new Nesterov(0.05, null), 1, 3),
            regression(
                    "bits", new BinaryCrossEntropy(ClassWeights.of(List.of(0.5, 2.0))), new Sgd(0.1, null, null), 3, 2),
            new Case(
                    "focal",
                    Shape.of(9),
                    List.of(new Dense(17, RELU)),
                    new Problem(new Focal(1.5, null), new Sgd(0.1, null, null), 3, 1, 3)),
            new Case(
                    "overdispersed",
                    Shape.of(9),
                    List.of(new Dense(6, RELU)),
                    new Problem(new NegativeBinomial(), new Sgd(0.02, null, null), 4, 2, 5)),
            regression("medians", new Quantile(List.of(0.4)), new Adam(0.02, null, null, null), 2, 3),
            regression("shares", new SoftCrossEntropy(), new Sgd(0.1, null, null), 2, 1),
            new Case(
                    "laplace",
                    Shape.of(9),
                    List.of(new Dense(17, RELU)),
                    new Problem(new LaplaceNll(null, null), new Momentum(0.01, null), 4, 2, 3)),
            new Case(
                    "student",
                    Shape.of(9),
                    List.of(new Dense(5, RELU)),
                    new Problem(new StudentTNll(null, null, null), new Adagrad(0.01, null), 4, 2, 3)),
            new Case(
                    "heads",
                    Shape.of(9),
                    List.of(new Dense(11, RELU)),
                    new Problem(new Heads(heads()), new Adam(0.02, null, null, null), 8, 4, 3)),
            new Case(
                    "mixture density",
                    Shape.of(9),
                    List.of(new Dense(7, RELU)),
                    new Problem(new MixtureDensity(2), new Sgd(0.02, null, null), 12, 2, 3)),
            new Case(
                    "margins",
                    Shape.of(9),
                    List.of(new Dense(7, RELU)),
                    new Problem(new Hinge(), new Sgd(0.05, null, null), 3, 1, 3)),
            regression("counts", new Poisson(), new AdamW(0.01, null, null, null, null), 1, 4),
            new Case(
                    "gaussian",
                    Shape.of(9),
                    List.of(new Dense(17, RELU)),
                    new Problem(new GaussianNll(), new RmsProp(0.01, null, null, null), 4, 2, 3)));

    /** Normalised over all shards of a step, which only ranks that talk to each other can do. */
    static final Case GLOBAL_STATISTICS = new Case(
            "global statistics",
            Shape.of(6, 5, 2),
            List.of(
                    new Conv2d(5, 3, Padding.SAME, null),
                    new BatchNorm(null, null, BatchNorm.Statistics.GLOBAL, RELU),
                    new Residual(
                            List.of(
                                    new Conv2d(5, 1, Padding.SAME, null),
                                    new BatchNorm(null, null, BatchNorm.Statistics.GLOBAL, new Activation.Silu())),
                            null)));

    private static Map<String, Heads.Head> heads() {
        Map<String, Heads.Head> heads = new LinkedHashMap<>();
        heads.put("kind", new Heads.Head(new CrossEntropy(), 3));
        heads.put("sizes", new Heads.Head(new GaussianNll(), 4, List.of("height", "width"), 0.25, null));
        heads.put("more", new Heads.Head(new MeanSquaredError(), 1, List.of("x"), null, null));
        return heads;
    }

    private static Case regression(String name, Loss loss, Optimizer optimizer, int size, int values) {
        Problem problem = new Problem(loss, optimizer, size, size, values);
        return new Case(name, Shape.of(9), List.of(new Dense(17, RELU)), problem);
    }

    private NetworkBits() {}

    /** Prints the kernels' name, then a line with the digest for each network and mode. */
    public static void main(String[] arguments) {
        System.out.println(Kernels.get().name());
        lines().forEach(System.out::println);
    }

    /** The lines of {@link #main} but for the first. */
    static List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Case network : CASES) {
            for (Mode mode : Mode.values()) {
                lines.add("= " + network + " " + mode + ": " + digest(network, mode, 0));
            }
            for (Compression compression : COMPRESSIONS) {
                lines.add("= " + network + " " + compression + ": " + digest(network, Mode.GRADIENT, compression, 0));
            }
        }
        return lines;
    }

    /** Every rank has one shard. */
    static int[] oneShardEach() {
        int[] starts = new int[SHARDS];
        for (int i = 0; i < SHARDS; i++) {
            starts[i] = i;
        }
        return starts;
    }

    /** Trains for two epochs, images with random changes; the digest of all that the last state holds. */
    static String digest(Case network, Mode mode, int... rankStarts) {
        return digest(network, mode, new Compression.None(), rankStarts);
    }

    /** The same with compressed gradients. */
    static String digest(Case network, Mode mode, Compression compression, int... rankStarts) {
        boolean images = network.input().rank() == 3;
        Augmentation augmentation = images ? new Augmentation(true, 1) : Augmentation.NONE;
        return digest(network, mode, augmentation, compression, rankStarts);
    }

    /** The same with the given changes. */
    static String digest(
            Case network, Mode mode, Augmentation augmentation, Compression compression, int... rankStarts) {
        Training training = Training.of(network, augmentation, compression);
        TrainingSetup setup = training.setup();
        SplitWorkers workers = new SplitWorkers(setup, training.shards(), rankStarts);
        Synchronizer synchronizer =
                switch (mode) {
                    case GRADIENT -> new Synchronizer.Gradient(setup, workers);
                    case AVERAGING -> new Synchronizer.Averaging(setup.plan(), 2, new OuterOptimizer.Plain(), workers);
                    case ALLREDUCE -> new ThreadedAllReduce(setup, workers.ranks());
                };
        TrainState state =
                new Trainer(setup, synchronizer, workers, null, new RoundListener() {}).train(training.start());
        return digest(state);
    }

    /**
     * A network with its rows, and what is to be done with both.
     *
     * @param setup two epochs with the problem's optimiser
     * @param shards all rows
     */
    record Training(TrainingSetup setup, List<MemoryShard> shards) {

        static Training of(Case network, Augmentation augmentation, Compression compression) {
            Problem problem = network.problem();
            boolean sequences = problem.sequences();
            RowLayout layout = new RowLayout(network.input(), problem.target(), sequences, sequences);
            List<LayerSpec> layers = new ArrayList<>(network.hidden());
            layers.add(new Dense(problem.outputs()));
            List<MemoryShard> shards = CanonicalOrder.shards(layout, rows(layout, problem), ROWS, SHARDS, SEED);
            double rowWeight = 0;
            for (MemoryShard shard : shards) {
                rowWeight += shard.rowWeight();
            }
            TrainingPlan plan = new TrainingPlan(SEED, SHARDS, ROWS, rowWeight, BATCH, 2, augmentation, compression);
            EvaluationSetup evaluation = new EvaluationSetup(problem.model(layers), layout, Scaling.NONE, SEED, 0);
            ParameterUpdate update = new ParameterUpdate(
                    evaluation.network(),
                    problem.optimizer(),
                    new Schedule.ReduceOnPlateau(0.5, 1, 1e9, Schedule.ReduceOnPlateau.Progress.ABSOLUTE, null, null),
                    plan,
                    problem.clipping(),
                    new KlWeight(0.5, new Schedule.Warmup(1, null)));
            return new Training(new TrainingSetup(evaluation, plan, update), shards);
        }

        /** The state before the first step. */
        TrainState start() {
            return setup.initialState(false);
        }

        /** A rank over all shards from one on, at the state before the first step. */
        Rank rank(int from) {
            Rank rank = new Rank(setup, shards.subList(from, SHARDS));
            rank.resume(start());
            return rank;
        }
    }

    private static float[] rows(RowLayout layout, Problem problem) {
        Random random = new Random(SEED);
        float[] values = new float[ROWS * layout.width()];
        for (int i = 0; i < values.length; i++) {
            int at = i % layout.width();
            if (at < layout.targetOffset()) {
                values[i] = problem.tokens() > 0 ? random.nextInt(problem.tokens()) : (float) random.nextGaussian();
            } else if (at == layout.lengthOffset()) {
                values[i] = 1 + random.nextInt(layout.features().dimension(0));
            } else if (at == layout.weightOffset()) {
                values[i] = 0.5f + random.nextFloat();
            } else {
                // A single value is none to learn from: shares, which add up to 1.
                values[i] = problem.values() == 1 ? 1f / problem.outputs() : random.nextInt(problem.values());
            }
        }
        return values;
    }

    private static String digest(TrainState state) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        update(digest, state.parameters().theta());
        update(digest, state.parameters().buffers());
        update(digest, state.optimizerState());
        state.residuals().forEach(residual -> update(digest, residual));
        digest.update(state.history().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes.array());
    }
}
