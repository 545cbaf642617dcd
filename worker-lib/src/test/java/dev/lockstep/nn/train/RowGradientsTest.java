package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.ColumnEmbeddings;
import dev.lockstep.nn.layer.Concat;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Replica;
import dev.lockstep.nn.optim.Adagrad;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.AdamW;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Lamb;
import dev.lockstep.nn.optim.Momentum;
import dev.lockstep.nn.optim.Nesterov;
import dev.lockstep.nn.optim.Optimizer;
import dev.lockstep.nn.optim.RmsProp;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.optim.WeightAverage;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.GradientLayout;
import dev.lockstep.nn.param.GradientPiece;
import dev.lockstep.nn.param.GradientRows;
import dev.lockstep.nn.param.GradientSlice;
import dev.lockstep.nn.param.GradientVector;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.param.RowTensor;
import dev.lockstep.nn.tensor.RowSparseMatrix;
import dev.lockstep.nn.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of which only some rows are kept: their sums, updates and trainings have the bits of gradients that are
 * written out, and lazy updates those of their definition, however rows are kept and ranks divided.
 */
class RowGradientsTest {
    private static final List<Optimizer> OPTIMIZERS = List.of(
            new Sgd(0.1, null, null),
            new Momentum(0.1, 0.8),
            new Nesterov(0.1, 0.8),
            new Adagrad(0.1, null),
            new RmsProp(0.01, null, null, null),
            new RmsProp(0.01, null, 0.7, null),
            new Adam(0.01, null, null, null),
            new AdamW(0.01, 0.1, null, null, null),
            new Lamb(0.01, null, null, null, null));
    private static final List<GradientClipping> CLIPPINGS =
            List.of(GradientClipping.NONE, new GradientClipping(0.5, null), new GradientClipping(null, 0.05));
    private static final LossSum LOSSES = new LossSum(1, 7, 5, 6, 1, 7);

    /**
     * A table whose rows lie across the blocks of norms and the cuts of slices, between two other layers' parameters.
     */
    private static final RowTensor TABLE = new RowTensor(0, 1500, 7);

    /** How rows are kept. */
    private enum Kept {
        SPARSE,
        WHOLE,
        MIXED
    }

    /** How ranks agree. */
    private enum Way {
        DRIVER,
        ALLREDUCE,
        AVERAGING
    }

    private static ModelSpec model(double penalty, LayerSpec... layers) {
        return penalty == 0
                ? new ModelSpec(List.of(layers), new CrossEntropy())
                : new ModelSpec(List.of(layers), new CrossEntropy(), penalty, 2 * penalty, 1.5, null);
    }

    // Sums.

    /** Some rows with small numbers, of which many are -0. */
    private static RowSparseMatrix rows(Random random, int rows, int columns, double density) {
        RowSparseMatrix matrix = new RowSparseMatrix(rows, columns);
        matrix.clear(rows);
        for (int row = 0; row < rows; row++) {
            if (random.nextDouble() < density) {
                int at = matrix.add(row);
                for (int i = 0; i < columns; i++) {
                    matrix.values()[at + i] = random.nextInt(3) == 0 ? -0f : (float) random.nextGaussian();
                }
            }
        }
        return matrix;
    }

    private static StepSum sum(GradientPiece piece) {
        return new StepSum(new GradientVector(List.of(piece)), GradientFormat.FLOAT32, StepSum.NO_MOMENTS, LOSSES);
    }

    private static GradientSlice writtenOut(GradientPiece piece) {
        float[] values = WrittenOut.of(new GradientVector(List.of(piece)));
        return new GradientSlice(values, 0, piece.from(), piece.to());
    }

    @Test
    void sumsHaveTheBitsOfGradientsWrittenOut() {
        Random random = new Random(3);
        int signs = 0;
        for (int trial = 0; trial < 60; trial++) {
            RowTensor tensor = new RowTensor(10, 1 + random.nextInt(40), 1 + random.nextInt(9));
            GradientRows left =
                    GradientRows.of(tensor, rows(random, tensor.rows(), tensor.columns(), random.nextDouble()));
            GradientRows right =
                    GradientRows.of(tensor, rows(random, tensor.rows(), tensor.columns(), random.nextDouble()));
            int from = tensor.offset() + random.nextInt(tensor.length());
            int to = from + 1 + random.nextInt(tensor.end() - from);
            GradientRows a = left.part(from, to);
            GradientRows b = right.part(from, to);
            float[] expected =
                    WrittenOut.of(sum(writtenOut(a)).merge(sum(writtenOut(b))).gradient());
            assertThat(WrittenOut.of(sum(a).merge(sum(b)).gradient())).isEqualTo(expected);
            assertThat(WrittenOut.of(sum(writtenOut(a)).merge(sum(b)).gradient()))
                    .isEqualTo(expected);
            assertThat(WrittenOut.of(sum(a).merge(sum(writtenOut(b))).gradient()))
                    .isEqualTo(expected);
            assertThat(WrittenOut.of(new GradientVector(List.of(a))))
                    .isEqualTo(Arrays.copyOfRange(
                            writtenOut(left).values(), from - tensor.offset(), to - tensor.offset()));
            for (float value : expected) {
                signs += Float.floatToRawIntBits(value) == Float.floatToRawIntBits(-0f) ? 1 : 0;
            }
        }
        assertThat(signs).as("sums that are -0").isPositive();
    }

    @Test
    void rowsTravelAsTheyAre() {
        Random random = new Random(4);
        for (int trial = 0; trial < 40; trial++) {
            RowTensor tensor = new RowTensor(10, 1 + random.nextInt(40), 1 + random.nextInt(9));
            int from = tensor.offset() + random.nextInt(tensor.length());
            int to = from + 1 + random.nextInt(tensor.end() - from);
            GradientRows rows = GradientRows.of(tensor, rows(random, tensor.rows(), tensor.columns(), 0.5))
                    .part(from, to);
            int count = rows.count();
            GradientRows read =
                    new GradientRows(tensor, new int[count], new float[count * tensor.columns()], 0, count, from, to);
            int cut = random.nextInt(count + 1);
            for (int[] chunk : new int[][] {{0, cut}, {cut, count}}) {
                int bytes = Math.toIntExact(RowFormat.bytes(rows, chunk[0], chunk[1]));
                ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
                RowFormat.put(buffer, rows, chunk[0], chunk[1]);
                assertThat(buffer.remaining()).isZero();
                RowFormat.get(buffer.flip(), read, chunk[0], chunk[1]);
            }
            assertThat(writtenOut(read).values()).isEqualTo(writtenOut(rows).values());
        }
        GradientRows nothing = new GradientRows(new RowTensor(0, 4, 1), new int[1], new float[1], 0, 1, 0, 4);
        ByteBuffer beyond =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 4);
        assertThatThrownBy(() -> RowFormat.get(beyond, nothing, 0, 1))
                .hasMessage("expected rows from 0 to 3 in increasing order, got 4");
    }

    // Updates.

    private static ParameterUpdate update(
            ModelSpec model, Shape input, Optimizer optimizer, GradientClipping clipping) {
        return new ParameterUpdate(
                Network.bind(model, input),
                optimizer,
                new Schedule.Polynomial(null, null),
                new TrainingPlan(1, 1, 50, 10, 1),
                clipping);
    }

    /** Parameters, and the optimiser's slots. */
    private static float[][] state(ParameterUpdate update, int parameters) {
        float[] theta = gaussian(77, parameters);
        theta[3] = -0f;
        return new float[][] {theta, update.initialState(theta)};
    }

    private static float[] gaussian(int seed, int length) {
        Random random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** The table's gradient as rows, and the others. */
    private static GradientVector gradient(int step, int parameters) {
        Random random = new Random(step);
        RowSparseMatrix rows = rows(random, TABLE.rows(), TABLE.columns(), 0.02);
        return new GradientVector(List.of(
                GradientRows.of(TABLE, rows),
                new GradientSlice(gaussian(step, parameters - TABLE.end()), 0, TABLE.end(), parameters)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void updatesHaveTheBitsOfGradientsWrittenOut(int owners) {
        for (double penalty : new double[] {0, 1e-3}) {
            ModelSpec model = model(
                    penalty, new Embedding(TABLE.rows(), TABLE.columns(), null, null), new Flatten(), new Dense(3));
            int parameters = Network.bind(model, Shape.of(4)).parameterCount();
            for (Optimizer optimizer : OPTIMIZERS) {
                for (GradientClipping clipping : CLIPPINGS) {
                    ParameterUpdate update = update(model, Shape.of(4), optimizer, clipping)
                            .averaging(clipping.norm() == null ? null : new WeightAverage.Ema(0.9));
                    float[][] expected = state(update, parameters);
                    float[][] actual = state(update, parameters);
                    for (int step = 0; step < 3; step++) {
                        update.apply(
                                step,
                                List.of(),
                                expected[0],
                                GradientVector.whole(WrittenOut.of(gradient(step, parameters))),
                                LOSSES,
                                expected[1]);
                        apply(update, owners, step, actual, gradient(step, parameters));
                    }
                    String name = optimizer + ", " + clipping + ", penalty " + penalty;
                    assertThat(actual[0]).as(name).isEqualTo(expected[0]);
                    assertThat(actual[1]).as("state of %s", name).isEqualTo(expected[1]);
                }
            }
        }
    }

    /** Every owner of a slice in a thread of its own. */
    private static void apply(ParameterUpdate update, int owners, int step, float[][] state, GradientVector gradient) {
        VectorSlices slices = update.slices(owners);
        Exchange exchange = new Exchange(
                new Parameters(state[0], new float[0]),
                update,
                slices,
                new TreeSet<>(IntStream.range(0, owners).boxed().toList()),
                new Peers.None());
        List<CompletableFuture<float[]>> owned = IntStream.range(0, owners)
                .mapToObj(owner -> CompletableFuture.supplyAsync(
                        () -> own(update, exchange, owner, step, state, gradient), task -> new Thread(task).start()))
                .toList();
        for (int owner = 0; owner < owners; owner++) {
            slices.putOwned(owner, owned.get(owner).join(), state[1]);
        }
        update.boundWeights(state[0]);
    }

    private static float[] own(
            ParameterUpdate update, Exchange exchange, int owner, int step, float[][] state, GradientVector gradient) {
        VectorSlices slices = exchange.slices();
        float[] owned = slices.owned(owner, state[1]);
        long[] gathered = {0};
        int at = 0;
        for (int slice : slices.of(owner)) {
            int from = slices.from(slice);
            int to = slices.to(slice);
            new SliceUpdate(update, from, to, own -> exchange.gather(gathered[0]++, owner, own, () -> {}))
                    .apply(step, update.rates(step, List.of()), state[0], gradient.part(from, to), LOSSES, owned, at);
            at += update.slots() * slices.length(slice);
        }
        return owned;
    }

    /** By definition: the step of the whole, taken back where the table has no gradient. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void lazyUpdatesLeaveOtherRowsAlone(int owners) {
        ModelSpec model = new ModelSpec(
                List.of(new Embedding(TABLE.rows(), TABLE.columns(), null, null), new Flatten(), new Dense(3)),
                new CrossEntropy(),
                1e-3,
                2e-3,
                null,
                null);
        int parameters = Network.bind(model, Shape.of(4)).parameterCount();
        for (Optimizer optimizer : OPTIMIZERS) {
            if (!optimizer.elementwise()) {
                assertThatThrownBy(() -> update(model, Shape.of(4), optimizer, GradientClipping.NONE)
                                .lazily(true))
                        .hasMessageStartingWith(
                                "lazyUpdate: expected an optimiser that steps each parameter by itself");
                continue;
            }
            for (GradientClipping clipping : CLIPPINGS) {
                ParameterUpdate exact = update(model, Shape.of(4), optimizer, clipping);
                ParameterUpdate lazy = exact.lazily(true);
                float[][] expected = state(exact, parameters);
                float[][] actual = state(exact, parameters);
                for (int step = 0; step < 3; step++) {
                    float[][] before = {expected[0].clone(), expected[1].clone()};
                    GradientVector gradient = gradient(step, parameters);
                    exact.apply(
                            step,
                            List.of(),
                            expected[0],
                            GradientVector.whole(WrittenOut.of(gradient)),
                            LOSSES,
                            expected[1]);
                    takeBack((GradientRows) gradient.pieces().get(0), before, expected);
                    apply(lazy, owners, step, actual, gradient(step, parameters));
                }
                assertThat(actual[0]).as("%s, %s", optimizer, clipping).isEqualTo(expected[0]);
                assertThat(actual[1]).as("state of %s, %s", optimizer, clipping).isEqualTo(expected[1]);
            }
        }
    }

    private static void takeBack(GradientRows rows, float[][] before, float[][] after) {
        BitSet touched = new BitSet();
        for (int row = 0; row < rows.count(); row++) {
            touched.set(rows.start(row), rows.end(row));
        }
        for (int i = TABLE.offset(); i < TABLE.end(); i++) {
            if (!touched.get(i)) {
                after[0][i] = before[0][i];
                for (int at = i; at < after[1].length; at += after[0].length) {
                    after[1][at] = before[1][at];
                }
            }
        }
    }

    // Trainings.

    private static final int FEATURES = 300;
    private static final int ROWS = 60;
    private static final long SEED = 11;
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(FEATURES), Shape.of(1), true, false);

    private static List<MemoryShard> shards(Kept kept, int shards) {
        Random random = new Random(SEED);
        float[] values = new float[ROWS * LAYOUT.width()];
        for (int row = 0; row < ROWS; row++) {
            int at = row * LAYOUT.width();
            // Every tenth row has too many entries to be kept as such.
            int entries = row % 10 == 9 ? 40 : random.nextInt(6);
            for (int i = 0; i < entries; i++) {
                int feature = random.nextInt(random.nextBoolean() ? FEATURES : 20);
                // Numbers whose products with small gradients are too small for a float among them.
                values[at + feature] = (float) random.nextGaussian() * (random.nextInt(4) == 0 ? 1e-38f : 1);
            }
            values[at + LAYOUT.targetOffset()] = random.nextInt(3);
            values[at + LAYOUT.weightOffset()] = 0.5f + random.nextFloat();
        }
        RowArray sparse = RowArray.of(LAYOUT, values, ROWS);
        RowArray whole = RowArray.whole(LAYOUT, values, ROWS);
        RowArray mixed = new RowArray(LAYOUT, 0);
        for (int row = 0; row < ROWS; row++) {
            mixed.add(row % 3 == 0 ? whole : sparse, row);
        }
        RowArray rows = kept == Kept.SPARSE ? sparse : kept == Kept.WHOLE ? whole : mixed;
        return CanonicalOrder.shards(LAYOUT, rows, shards, SEED);
    }

    private static TrainState trained(
            ModelSpec model,
            RowLayout layout,
            List<MemoryShard> shards,
            ParameterUpdate update,
            Way way,
            int... rankStarts) {
        int rows = shards.stream().mapToInt(MemoryShard::rows).sum();
        double weight = shards.stream().mapToDouble(MemoryShard::rowWeight).sum();
        TrainingPlan plan =
                new TrainingPlan(SEED, shards.size(), rows, weight, 16, 1, Augmentation.NONE, new Compression.None());
        TrainingSetup setup =
                new TrainingSetup(new EvaluationSetup(model, layout, Scaling.NONE, SEED, 0), plan, update);
        SplitWorkers workers = new SplitWorkers(setup, shards, rankStarts);
        Synchronizer synchronizer =
                switch (way) {
                    case DRIVER -> new Synchronizer.Gradient(setup, workers);
                    case ALLREDUCE -> new ThreadedAllReduce(setup, workers.ranks());
                    case AVERAGING -> new Synchronizer.Averaging(plan, 2, new OuterOptimizer.Plain(), workers);
                };
        return new Trainer(setup, synchronizer, workers, null, new RoundListener() {}).train(setup.initialState(false));
    }

    private static void assertSame(TrainState actual, TrainState expected, String name) {
        assertThat(actual.parameters().theta())
                .as(name)
                .isEqualTo(expected.parameters().theta());
        assertThat(actual.optimizerState()).as("state of %s", name).isEqualTo(expected.optimizerState());
        assertThat(actual.history()).as("figures of %s", name).isEqualTo(expected.history());
    }

    private static int[] starts(int ranks, int shards) {
        return IntStream.range(0, ranks).map(rank -> rank * shards / ranks).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void sparseRowsTrainToTheBitsOfWholeOnes(int shards) {
        for (Optimizer optimizer : OPTIMIZERS) {
            for (double penalty : new double[] {0, 1e-3}) {
                GradientClipping clipping = CLIPPINGS.get(optimizer.slots());
                ModelSpec model = model(penalty, new Dense(17, new Activation.Relu()), new Dense(3));
                ParameterUpdate update = update(model, Shape.of(FEATURES), optimizer, clipping);
                TrainState expected = trained(model, LAYOUT, shards(Kept.WHOLE, shards), update, Way.DRIVER, 0);
                for (Kept kept : List.of(Kept.SPARSE, Kept.MIXED)) {
                    String name = optimizer + ", penalty " + penalty + ", " + kept;
                    int ranks = Math.min(3, shards);
                    for (Way way : List.of(Way.DRIVER, Way.ALLREDUCE)) {
                        TrainState actual =
                                trained(model, LAYOUT, shards(kept, shards), update, way, starts(ranks, shards));
                        assertSame(actual, expected, name + ", " + way);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void lazyTrainingDependsOnTheRowsAlone(Kept kept) {
        int shards = 5;
        List<LayerSpec> branches = List.of(
                new Concat(List.of(List.of(new Dense(5)), List.of(new Dense(16, new Activation.Relu())))),
                new Dense(3));
        ModelSpec model = new ModelSpec(branches, new CrossEntropy(), null, 0.01, null, null);
        ParameterUpdate update = update(model, Shape.of(FEATURES), new Adam(0.01, null, null, null), CLIPPINGS.get(1))
                .lazily(true);
        TrainState expected = trained(model, LAYOUT, shards(Kept.SPARSE, shards), update, Way.DRIVER, 0);
        List<MemoryShard> rows = shards(kept, shards);
        assertSame(trained(model, LAYOUT, rows, update, Way.DRIVER, 0, 1, 4), expected, "driver");
        assertSame(trained(model, LAYOUT, rows, update, Way.ALLREDUCE, 0, 2), expected, "all-reduce");
        assertSame(trained(model, LAYOUT, rows, update, Way.ALLREDUCE, 0, 1, 2), expected, "all-reduce of three");
        assertSame(
                trained(model, LAYOUT, rows, update, Way.AVERAGING, 0, 3),
                trained(model, LAYOUT, shards(Kept.WHOLE, shards), update, Way.AVERAGING, 0),
                "averaging");
        ParameterUpdate exact = update.lazily(false);
        assertThat(trained(model, LAYOUT, rows, exact, Way.DRIVER, 0)
                        .parameters()
                        .theta())
                .as("lazy updates are another rule")
                .isNotEqualTo(expected.parameters().theta());
    }

    @Test
    void tablesHaveTheBitsOfGradientsWrittenOut() {
        ModelSpec tokens = model(0, new Embedding(90, 5, null, null), new Flatten(), new Dense(3));
        ModelSpec masked = model(0, new Embedding(7, 4, true, null), new Flatten(), new Dense(3));
        ModelSpec columns = model(
                0,
                new ColumnEmbeddings(
                        List.of(new ColumnEmbeddings.Column(0, 60, 3), new ColumnEmbeddings.Column(2, 6, 2))),
                new Dense(3));
        for (ModelSpec model : List.of(tokens, masked, columns)) {
            Network network = Network.bind(model, Shape.of(4));
            RowLayout layout = new RowLayout(Shape.of(4), Shape.of(1), false, false);
            GradientLayout byRows = network.gradientLayout(layout);
            assertThat(byRows.tensors()).isNotEmpty();
            Replica replica = new Replica(network, layout, 20, 4);
            Random random = new Random(6);
            for (int rows : new int[] {7, 1, 0, 9}) {
                replica.batch().beginShard();
                for (int row = 0; row < rows; row++) {
                    float[] values = {random.nextInt(7), random.nextInt(7), random.nextInt(7), random.nextInt(7), 1};
                    replica.batch().addRow(values, 0, 0);
                }
                replica.batch().endShard();
            }
            Parameters parameters = network.initialize(SEED);
            for (int[] node : new int[][] {{0, 4}, {0, 2}, {2, 4}, {2, 3}}) {
                Gradient.Node kept = byRows.node(node[0], node[1], 0);
                Gradient.Node whole =
                        GradientLayout.whole(network.parameterCount()).node(node[0], node[1], 0);
                for (Gradient.Node into : List.of(kept, whole)) {
                    replica.beginTraining(SEED, 0, 0);
                    replica.forward(parameters);
                    replica.lossAndGradient();
                    replica.backward(parameters, new Gradient(List.of(into)), first -> {});
                }
                assertThat(WrittenOut.of(kept.gradient())).isEqualTo(WrittenOut.of(whole.gradient()));
                assertThat(whole.gradient().pieces()).hasSize(1);
                assertThat(kept.gradient().pieces()).anyMatch(GradientRows.class::isInstance);
            }
        }
    }
}
