package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.Kinds;
import dev.lockstep.nn.data.Augmentation;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.Moments;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
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
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.param.Estimator;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Rows of unequal length give the same model and the same predictions to the bit, however many steps they are padded to
 * and whatever stands there.
 */
class PaddingTest {
    private static final int ROWS = 29;
    private static final int SHARDS = 3;
    private static final long SEED = 11;
    private static final int MOST_STEPS = 8;
    private static final Activation TANH = new Activation.Tanh();

    /**
     * A network.
     *
     * @param step shape of a step of the features; empty for tokens
     * @param layers all but the last one, a dense layer of one unit; a mean over the steps comes before it
     * @param anyPadding whether the parameters do not depend on how many steps rows are padded to
     */
    private record Case(int[] step, boolean anyPadding, LayerSpec... layers) {
        @Override
        public String toString() {
            return Arrays.toString(layers);
        }

        Shape input(int steps) {
            int[] shape = new int[step.length + 1];
            shape[0] = steps;
            System.arraycopy(step, 0, shape, 1, step.length);
            return Shape.of(shape);
        }
    }

    private static Case sequence(LayerSpec... layers) {
        return new Case(new int[] {2}, true, layers);
    }

    private static Case image(LayerSpec... layers) {
        return new Case(new int[] {3, 2}, true, layers);
    }

    private static final List<Case> CASES = List.of(
            sequence(new Dense(3, TANH), new Dense(2, new Activation.Silu())),
            sequence(new Conv1d(3, 3, Padding.SAME, TANH), new GlobalAveragePool()),
            sequence(new Conv1d(3, 5, Padding.SAME, TANH), new Conv1d(2, 3, Padding.SAME, TANH)),
            sequence(new Conv1d(3, 3, Padding.VALID, null), new Conv1d(2, 2, 2, Padding.SAME, 1, 1, TANH, true, null)),
            sequence(new Conv1d(3, 2, 2, Padding.VALID, 2, 1, null, true, null), new GlobalMaxPool()),
            image(new Conv2d(3, 3, Padding.SAME, TANH), new MaxPool2d(2), new GlobalMaxPool()),
            image(new Conv2d(2, 2, Padding.VALID, null), new AveragePool2d(Extent.of(2), Extent.ONE, Padding.SAME)),
            image(new VariationalConv2d(2, 3, Padding.SAME, TANH, Estimator.FLIPOUT), new BatchNorm()),
            sequence(new MaxPool1d(2, 1, Padding.SAME), new MaxPool1d(2, 2, Padding.VALID)),
            sequence(new AveragePool1d(3, 2, Padding.SAME), new AveragePool1d(2, 1, Padding.VALID)),
            sequence(new GlobalAveragePool()),
            sequence(new GlobalMaxPool()),
            sequence(new BatchNorm(new Activation.Relu()), new Dense(2), new BatchNorm(new Activation.Silu())),
            sequence(new LayerNorm(), new Dense(2)),
            sequence(new GroupNorm(1), new Dense(4), new GroupNorm(2)),
            image(new GroupNorm(2), new Conv2d(4, 3, Padding.SAME, TANH), new GroupNorm(2)),
            sequence(new Residual(
                    List.of(new Conv1d(2, 3, Padding.SAME, TANH), new Activation.Sigmoid(), new BatchNorm()), null)),
            sequence(
                    new Concat(List.of(
                            List.of(),
                            List.of(new Conv1d(3, 3, Padding.SAME, null)),
                            List.of(new MaxPool1d(3, 1, Padding.SAME)))),
                    new Concat(List.of(List.of(new GlobalMaxPool()), List.of(new Lstm(3, false))))),
            sequence(new SimpleRnn(3, true), new Activation.Softmax()),
            sequence(new Conv1d(4, 3, 2, Padding.SAME, 1, 2, null, true, null), new Lstm(3, true)),
            sequence(new Gru(3, false)),
            sequence(new Dense(3), new Bidirectional(new Gru(2, true), null), new Activation.Exponential()),
            new Case(new int[0], true, new Embedding(4, 3, null, null), new Conv1d(3, 3, Padding.SAME, null)),
            new Case(new int[0], true, new Embedding(4, 3, true, null), new Dense(2), new BatchNorm()),
            sequence(new VariationalDense(3, TANH, Estimator.FLIPOUT)),
            sequence(new VariationalDense(3, TANH, Estimator.REPARAMETERIZATION), new Dropout(0.3)),
            sequence(new Dropout(0.3), new Activation.Softplus(), new Dense(3)),
            sequence(
                    new Variational(new Conv1d(3, 3, Padding.SAME, TANH)),
                    new Dropout(0.3, true),
                    new Variational(new Lstm(3, null, true, null, null, null, 0.3)),
                    new GlobalAveragePool()),
            new Case(
                    new int[0],
                    true,
                    new Variational(new Embedding(4, 3, true, null)),
                    new Variational(new Bidirectional(new Gru(2, true), null))),
            new Case(new int[] {2}, false, new Conv1d(3, 3, Padding.SAME, new Activation.Sigmoid()), new Flatten()));

    /** What the steps behind the ends of rows hold, and how many steps rows are padded to. */
    private record Fill(int steps, float value) {}

    private static final Fill REFERENCE = new Fill(8, 0);
    private static final List<Fill> FILLS =
            List.of(new Fill(8, Float.NaN), new Fill(8, 1e6f), new Fill(16, 0), new Fill(16, Float.NaN));

    /** Activations work element by element; columns have no steps. */
    @Test
    void everyLayerIsInTheTable() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(LayerSpec.class)) {
            boolean other =
                    Activation.class.isAssignableFrom(kind) || kind == ColumnEmbeddings.class || kind == Columns.class;
            if (!other && CASES.stream().flatMap(row -> Stream.of(row.layers)).noneMatch(kind::isInstance)) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> paddingChangesNothing() {
        return CASES.stream()
                .map(problem -> DynamicTest.dynamicTest(problem.toString(), () -> {
                    for (boolean eachStep : new boolean[] {false, true}) {
                        if (eachStep && !keepsSteps(problem)) {
                            continue;
                        }
                        Outcome expected = outcome(problem, eachStep, REFERENCE);
                        assertThat(expected.predictions()).doesNotContain(Float.NaN);
                        for (Fill fill : FILLS) {
                            if (fill.steps == REFERENCE.steps || problem.anyPadding) {
                                outcome(problem, eachStep, fill)
                                        .compare(expected, fill + (eachStep ? ", each step" : ""));
                            }
                        }
                    }
                }));
    }

    /** Strides start at the same places only where they divide the steps: lengths are even. */
    @TestFactory
    Stream<DynamicTest> aRowIsPredictedAsOneOfJustItsLength() {
        return CASES.stream()
                .filter(Case::anyPadding)
                .map(problem -> DynamicTest.dynamicTest(problem.toString(), () -> {
                    Random random = new Random(6);
                    List<LayerSpec> layers = new ArrayList<>(List.of(problem.layers));
                    if (!keepsSteps(problem) && output(problem).rank() > 1) {
                        layers.add(new GlobalMaxPool());
                    }
                    ModelSpec spec = new ModelSpec(layers, new MeanSquaredError());
                    Network padded = Network.bind(spec, problem.input(16));
                    Parameters parameters = padded.initialize(5);
                    Predictor ofPadded = new Predictor(padded, parameters, Scaling.NONE, 5, 0, 1, true);
                    for (int length = 4; length <= 16; length += 2) {
                        Shape input = problem.input(length);
                        float[] row = new float[input.size()];
                        for (int i = 0; i < row.length; i++) {
                            // The last token is none that could end the row.
                            row[i] = problem.step.length == 0 ? 1 + random.nextInt(3) : (float) random.nextGaussian();
                        }
                        Network exact = Network.bind(spec, input);
                        Tensor expected =
                                new Predictor(exact, parameters, Scaling.NONE, 5, 0, 1, false).predict(List.of(row));
                        float[] longer = Arrays.copyOf(row, padded.input().size() + 1);
                        Arrays.fill(longer, row.length, longer.length - 1, Float.NaN);
                        longer[longer.length - 1] = length;
                        Tensor got = ofPadded.predict(List.of(longer));
                        int size = expected.shape().size();
                        assertThat(Arrays.copyOfRange(got.array(), got.offset(), got.offset() + size))
                                .as("%d steps", length)
                                .isEqualTo(Arrays.copyOfRange(
                                        expected.array(), expected.offset(), expected.offset() + size));
                    }
                }));
    }

    private static boolean keepsSteps(Case problem) {
        Shape output = output(problem);
        return output.rank() == 2 && output.dimension(0) == REFERENCE.steps;
    }

    /** What the layers of a case give. */
    private static Shape output(Case problem) {
        ModelSpec spec = new ModelSpec(List.of(problem.layers), new MeanSquaredError());
        return Network.bind(spec, problem.input(REFERENCE.steps)).output();
    }

    /**
     * What a training comes to.
     *
     * @param parameters of the model
     * @param buffers its running statistics
     * @param losses on the training rows and on unseen ones, after each epoch
     * @param predictions in plain Java, without and with samples
     */
    private record Outcome(float[] parameters, float[] buffers, String losses, float[] predictions) {
        void compare(Outcome expected, String what) {
            assertThat(losses).as("%s: losses", what).isEqualTo(expected.losses);
            assertThat(parameters).as("%s: parameters", what).isEqualTo(expected.parameters);
            assertThat(buffers).as("%s: running statistics", what).isEqualTo(expected.buffers);
            assertThat(predictions).as("%s: predictions", what).isEqualTo(expected.predictions);
        }
    }

    private static Outcome outcome(Case problem, boolean eachStep, Fill fill) {
        Shape input = problem.input(fill.steps);
        Shape target = Shape.of(eachStep ? fill.steps : 1);
        RowLayout layout = new RowLayout(input, target, true, true);
        float[] rows = rows(layout, eachStep, fill);
        List<MemoryShard> shards = CanonicalOrder.shards(layout, rows, ROWS, SHARDS, SEED);
        List<LayerSpec> layers = new ArrayList<>(List.of(problem.layers));
        if (output(problem).rank() > 1 && !eachStep) {
            layers.add(new GlobalAveragePool());
        }
        layers.add(new Dense(1));
        ModelSpec spec = new ModelSpec(layers, new MeanSquaredError());
        Scaling scaling = Network.bind(spec, input).takesTokens() ? Scaling.NONE : measured(shards, layout);
        double weight = shards.stream().mapToDouble(MemoryShard::rowWeight).sum();
        TrainingPlan plan =
                new TrainingPlan(SEED, SHARDS, ROWS, weight, 8, 2, Augmentation.NONE, new Compression.None());
        EvaluationSetup evaluation = new EvaluationSetup(spec, layout, scaling, SEED, 0);
        ParameterUpdate update = new ParameterUpdate(
                evaluation.network(),
                new Adam(0.01, null, null, null),
                new Schedule.Constant(),
                plan,
                GradientClipping.NONE);
        TrainingSetup setup = new TrainingSetup(evaluation, plan, update);
        Workers workers = new LocalWorkers(setup, shards, shards);
        TrainState end = new Trainer(
                        setup, new Synchronizer.Gradient(setup, workers), workers, null, new RoundListener() {})
                .train(setup.initialState(false));
        Parameters learned = end.parameters();
        SavedModel model = SavedModel.of(
                evaluation.network(),
                learned,
                scaling,
                SEED,
                new ModelDescription.Columns(null, null, null, null, null, true));
        List<float[]> predictions = new ArrayList<>();
        predictions.add(predict(model.predictor(ROWS), layout, rows));
        predictions.add(
                predict(new Predictor(evaluation.network(), learned, scaling, SEED, 2, ROWS, true), layout, rows));
        return new Outcome(learned.theta(), learned.buffers(), end.history().toString(), concatenated(predictions));
    }

    private static Scaling measured(List<MemoryShard> shards, RowLayout layout) {
        return Scaling.standardise(Objects.requireNonNull(
                ShardTree.mergeAll(SHARDS, shard -> Moments.ofFeatures(shards.get(shard), layout), Moments::merge)));
    }

    /** The same rows whatever the fill. */
    private static float[] rows(RowLayout layout, boolean eachStep, Fill fill) {
        Random random = new Random(3);
        float[] values = new float[ROWS * layout.width()];
        int floats = layout.features().size() / fill.steps;
        boolean tokens = layout.features().rank() == 1;
        for (int row = 0; row < ROWS; row++) {
            int at = row * layout.width();
            int length = random.nextInt(MOST_STEPS + 1);
            Arrays.fill(values, at, at + layout.features().size(), fill.value);
            for (int i = 0; i < length * floats; i++) {
                values[at + i] = tokens ? random.nextInt(4) : 100 + (float) random.nextGaussian();
            }
            for (int i = 0; i < (eachStep ? length : 1); i++) {
                values[at + layout.targetOffset() + i] = random.nextInt(3);
            }
            values[at + layout.weightOffset()] = 1 + random.nextInt(2);
            values[at + layout.lengthOffset()] = length;
        }
        return values;
    }

    /** The predictions of valid steps. */
    private static float[] predict(Predictor predictor, RowLayout layout, float[] rows) {
        List<float[]> inputs = new ArrayList<>();
        int size = layout.features().size();
        for (int row = 0; row < ROWS; row++) {
            float[] input = Arrays.copyOfRange(rows, row * layout.width(), row * layout.width() + size + 1);
            input[size] = rows[row * layout.width() + layout.lengthOffset()];
            inputs.add(input);
        }
        Tensor predicted = predictor.predict(inputs);
        List<float[]> valid = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            int count = predicted.shape().rank() == 2 ? (int) inputs.get(row)[size] : 1;
            int at = predicted.rowOffset(row);
            valid.add(Arrays.copyOfRange(predicted.array(), at, at + count));
        }
        return concatenated(valid);
    }

    private static float[] concatenated(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
