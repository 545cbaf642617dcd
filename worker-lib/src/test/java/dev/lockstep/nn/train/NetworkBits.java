package dev.lockstep.nn.train;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.AveragePool1d;
import dev.lockstep.nn.layer.AveragePool2d;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Conv1d;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.Extent;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.GlobalAveragePool;
import dev.lockstep.nn.layer.GlobalMaxPool;
import dev.lockstep.nn.layer.Initializer;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.MaxPool1d;
import dev.lockstep.nn.layer.MaxPool2d;
import dev.lockstep.nn.layer.Padding;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * A table of small networks that holds every kind of layer, and the digests of what each is trained to: what must not change with
 * the ranks, the kernels or the JVM.
 */
final class NetworkBits {
    /** Some of the 5 shards supply no row in some steps. */
    private static final int SHARDS = 5;

    private static final int ROWS = 23;
    private static final int BATCH = 6;
    private static final int CLASSES = 3;
    private static final long SEED = 29;

    /** How the shards agree. */
    enum Mode {
        /** Every step. */
        GRADIENT,
        /** Every two steps. */
        AVERAGING
    }

    /**
     * A network.
     *
     * @param name for messages
     * @param input shape of a row
     * @param hidden its layers but for the last one, which gives the classes
     */
    record Case(String name, Shape input, List<LayerSpec> hidden) {
        @Override
        public String toString() {
            return name;
        }
    }

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
                            RELU,
                            new Activation.Sigmoid(),
                            new Activation.Tanh())),
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
                            new GlobalMaxPool())));

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

    /** Trains for two epochs; the digest of all that the last state holds. */
    static String digest(Case network, Mode mode, int... rankStarts) {
        RowLayout layout = new RowLayout(network.input(), Shape.of(1), false, false);
        List<LayerSpec> layers = new ArrayList<>(network.hidden());
        layers.add(new Dense(CLASSES));
        Network bound = Network.bind(new ModelSpec(layers, new CrossEntropy()), network.input());
        TrainingPlan plan = new TrainingPlan(SEED, SHARDS, ROWS, BATCH, 2);
        ParameterUpdate update = new ParameterUpdate(
                bound,
                new Adam(0.01, null, null, null),
                new Schedule.Constant(),
                plan.horizon(),
                GradientClipping.NONE);
        List<MemoryShard> shards = CanonicalOrder.shards(layout, rows(layout), ROWS, SHARDS, SEED);
        Workers workers = new SplitWorkers(bound, layout, plan, update, shards, rankStarts);
        Synchronizer synchronizer = mode == Mode.GRADIENT
                ? new Synchronizer.Gradient(plan, update, workers)
                : new Synchronizer.Averaging(plan, 2, new OuterOptimizer.Plain(), workers);
        TrainState state = new Trainer(
                        plan, synchronizer, workers, update, bound.loss().score(), null, new RoundListener() {})
                .train(TrainState.initial(
                        bound.initialize(SEED), update.optimizer().slots(), false));
        return digest(state);
    }

    private static float[] rows(RowLayout layout) {
        Random random = new Random(SEED);
        float[] values = new float[ROWS * layout.width()];
        for (int i = 0; i < values.length; i++) {
            boolean label = i % layout.width() == layout.targetOffset();
            values[i] = label ? random.nextInt(CLASSES) : (float) random.nextGaussian();
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
        digest.update(state.history().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes.array());
    }
}
