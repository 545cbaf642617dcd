package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.ClassWeights;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.metric.ThresholdGrid;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.optim.Sgd;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Temperature and threshold: fitted on validation rows, kept in the model, and part of each way of predicting. */
class DecisionFitTest {
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(3), Shape.of(1), false, false);
    private static final int ROWS = 240;
    private static final int SHARDS = 5;

    /** Rows whose class follows from the features, with noise; the second class is rare. */
    private static float[] rows() {
        Random random = new Random(4);
        float[] packed = new float[ROWS * LAYOUT.width()];
        for (int row = 0; row < ROWS; row++) {
            int at = row * LAYOUT.width();
            double z = -1.5;
            for (int i = 0; i < 3; i++) {
                packed[at + i] = (float) random.nextGaussian();
                z += packed[at + i];
            }
            packed[at + LAYOUT.targetOffset()] = random.nextDouble() < 1 / (1 + Math.exp(-z)) ? 1 : 0;
        }
        return packed;
    }

    private static final List<MemoryShard> SHARDED = CanonicalOrder.shards(LAYOUT, rows(), ROWS, SHARDS, 1);

    /** A network that says too surely what it knows. */
    private record Model(Network network, Parameters parameters) {
        Model(Loss loss, int outputs, int members) {
            this(
                    Network.bind(
                            new ModelSpec(List.of(new Dense(outputs)), loss, null, null, null, members),
                            LAYOUT.features()),
                    new Parameters(new float[0], new float[0]));
        }

        Model sure() {
            Parameters initial = network.initialize(3);
            float[] theta = initial.theta();
            int perMember = theta.length / network.members().size();
            for (int i = 0; i < theta.length; i++) {
                int output = i % perMember % network.output().last();
                theta[i] = theta[i] / 2 + (output == network.output().last() - 1 ? 5 : 0);
            }
            return new Model(network, initial);
        }

        LocalWorkers workers() {
            TrainingPlan plan = new TrainingPlan(1, SHARDS, ROWS, 16, 1);
            ParameterUpdate update = new ParameterUpdate(
                    network, new Sgd(0.1, null, null), new Schedule.Constant(), plan, new GradientClipping(null, null));
            return new LocalWorkers(new TrainingSetup(setup(Decision.PLAIN), plan, update), SHARDED, SHARDED);
        }

        EvaluationSetup setup(Decision decision) {
            return new EvaluationSetup(network.spec(), LAYOUT, Scaling.NONE, 1, 0).with(decision);
        }

        EvaluationSum measure(Decision decision) {
            return ShardTree.combine(
                    SHARDS,
                    new Evaluation(setup(decision), SHARDED).measure(parameters, Cancellation.NEVER),
                    (left, right) -> left.merge(right, network.metrics()));
        }
    }

    private static final List<Model> MODELS = List.of(
            new Model(new CrossEntropy(), 2, 1).sure(),
            new Model(new BinaryCrossEntropy(), 1, 1).sure(),
            new Model(new CrossEntropy(), 2, 3).sure(),
            new Model(new BinaryCrossEntropy(), 1, 2).sure());

    @Test
    void theTemperatureHasTheLeastLossAndTheThresholdTheBestF1() {
        for (Model model : MODELS) {
            String what = model.network().spec().toString();
            DecisionFit fit = new DecisionFit(true, ThresholdGrid.Criterion.F1);
            fit.check(model.network(), true);
            Decision decision = fit.fit(model.network(), model.workers()::measure, model.parameters());
            double best = model.measure(decision).losses().meanLoss();
            double t = decision.temperature();
            for (double other : new double[] {1, t * 0.98, t * 1.02}) {
                assertThat(model.measure(new Decision(other, decision.threshold()))
                                .losses()
                                .meanLoss())
                        .as("loss with temperature %s of %s", other, what)
                        .isGreaterThan(best);
            }
            double f1 = f1(model, decision);
            for (double other : new double[] {0.02, 0.1, 0.3, 0.5, 0.7, 0.9}) {
                assertThat(f1(model, new Decision(t, other)))
                        .as("F1 of %s", what)
                        .isLessThanOrEqualTo(f1 + 1e-9);
            }
            assertThat(f1).isGreaterThan(f1(model, Decision.PLAIN));
        }
    }

    private static double f1(Model model, Decision decision) {
        EvaluationSum sum = model.measure(decision);
        double accuracy = model.network().likelihood().score().of(sum.losses());
        assertThat((double) model.network().metrics().figures(sum.sums()).get("accuracy"))
                .as("what is reported beside the loss")
                .isCloseTo(accuracy, within(1e-12));
        return ((double[]) model.network().metrics().figures(sum.sums()).get("f1"))[1];
    }

    /** {@code softmax(log p / T)} with p the mean of the members' probabilities. */
    @Test
    void probabilitiesAreThoseOfTheOutputsOverTheTemperature() {
        float[] row = {0.3f, -1.2f, 0.5f};
        for (Model model : MODELS) {
            SavedModel plain =
                    SavedModel.of(model.network(), model.parameters(), Scaling.NONE, 1, ModelDescription.Columns.NONE);
            double p = probability(plain, row);
            double z = Math.log(p / (1 - p)) / 3;
            SavedModel decided = plain.with(new Decision(3.0, 0.99));
            assertThat(probability(decided, row)).isCloseTo(1 / (1 + Math.exp(-z)), within(1e-5));
            assertThat(decided.parameters().theta())
                    .isEqualTo(plain.parameters().theta());
        }
    }

    private static double probability(SavedModel model, float[] row) {
        Predictor predictor = model.predictor(1);
        int last = model.network().output().last() - 1;
        predictor.predict(List.of(row));
        return predictor.uncertainty().prediction(0, last);
    }

    @Test
    void theModelKeepsIt(@TempDir Path folder) {
        Model model = MODELS.get(0);
        SavedModel saved = SavedModel.of(
                        model.network(), model.parameters(), Scaling.NONE, 1, ModelDescription.Columns.NONE)
                .with(new Decision(1.7, 0.25));
        ModelFiles.save(new LocalDirectory(folder), saved);
        SavedModel loaded = ModelFiles.load(new LocalDirectory(folder));
        assertThat(loaded.description().decided()).isEqualTo(new Decision(1.7, 0.25));
        float[] row = {0.3f, -1.2f, 0.5f};
        assertThat(probability(loaded, row)).isEqualTo(probability(saved, row));
        assertThat(saved.with(Decision.PLAIN).description().decision()).isNull();
    }

    @Test
    void whatCannotBeFittedIsRefused() {
        Network numbers = Network.bind(new ModelSpec(List.of(new Dense(1)), new MeanSquaredError()), LAYOUT.features());
        assertThatThrownBy(() -> new DecisionFit(true, null).check(numbers, false))
                .hasMessageStartingWith("train.temperatureScaling: expected a loss of probabilities, such as");
        Network three = new Model(new CrossEntropy(), 3, 1).network();
        assertThatThrownBy(() -> new DecisionFit(false, ThresholdGrid.Criterion.ACCURACY).check(three, true))
                .hasMessageStartingWith("train.threshold: expected two classes");
    }

    @Test
    void balancedClassesWeighAlike() {
        Loss loss = new CrossEntropy(0.1, ClassWeights.BALANCED);
        assertThat(loss.balances()).isTrue();
        Loss balanced = loss.balanced(new double[] {30, 0, 10});
        assertThat(balanced).isEqualTo(new CrossEntropy(0.1, ClassWeights.of(List.of(40 / 60.0, 1.0, 2.0))));
        assertThat(new BinaryCrossEntropy(ClassWeights.BALANCED).balanced(new double[] {9, 3}))
                .isEqualTo(new BinaryCrossEntropy(ClassWeights.of(List.of(12 / 18.0, 2.0))));
    }
}
