package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.GaussianNll.Variance;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.nn.optim.Adam;
import dev.lockstep.nn.optim.GradientClipping;
import dev.lockstep.nn.optim.Schedule;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Noise of the targets that is the same for all rows: learned, one number a target, or given. */
class NoiseTest {
    private static final long SEED = 3;
    private static final int ROWS = 400;
    private static final double[] NOISE = {0.5, 2};

    /** Two targets, linear in the feature, with noise of their own; a weight of 3 is three rows. */
    private static float[] rows(RowLayout layout, int steps) {
        Random random = new Random(SEED);
        float[] values = new float[ROWS * layout.width()];
        for (int row = 0; row < ROWS; row++) {
            int at = row * layout.width();
            for (int step = 0; step < steps; step++) {
                float x = (float) random.nextGaussian();
                values[at + step] = x;
                for (int j = 0; j < 2; j++) {
                    values[at + steps + 2 * step + j] = (float) (x + NOISE[j] * random.nextGaussian());
                }
            }
        }
        return values;
    }

    private static TrainState train(GaussianNll loss, int steps, int ensemble) {
        Shape input = steps == 1 ? Shape.of(1) : Shape.of(steps, 1);
        RowLayout layout = new RowLayout(input, Shape.of(2 * steps), false, false);
        List<MemoryShard> shards = CanonicalOrder.shards(layout, rows(layout, steps), ROWS, 4, SEED);
        List<LayerSpec> layers = List.of(new Dense(2));
        ModelSpec spec = new ModelSpec(layers, loss, null, null, null, ensemble);
        EvaluationSetup evaluation = new EvaluationSetup(spec, layout, Scaling.NONE, SEED, 0);
        TrainingPlan plan = new TrainingPlan(SEED, 4, ROWS, 100, 60);
        ParameterUpdate update = new ParameterUpdate(
                evaluation.network(),
                new Adam(0.1, null, null, null),
                new Schedule.Cosine(null),
                plan,
                GradientClipping.NONE);
        TrainingSetup setup = new TrainingSetup(evaluation, plan, update);
        Workers workers = new LocalWorkers(setup, shards, shards);
        return new Trainer(setup, new Synchronizer.Gradient(setup, workers), workers, null, new RoundListener() {})
                .train(setup.initialState(false));
    }

    private static PredictiveDistribution predicted(GaussianNll loss, TrainState end, int steps, int ensemble) {
        Shape input = steps == 1 ? Shape.of(1) : Shape.of(steps, 1);
        Network network = Network.bind(new ModelSpec(List.of(new Dense(2)), loss, null, null, null, ensemble), input);
        Predictor predictor = new Predictor(network, end.parameters(), Scaling.NONE, SEED, 0, 1, false);
        predictor.predict(List.of(new float[steps]));
        return predictor.uncertainty();
    }

    /** The root of the mean squared error is the likeliest scale; 400 rows know it to 1/sqrt(800) = 3.5 %. */
    @Test
    void aLearnedScaleIsThatOfTheNoise() {
        GaussianNll loss = new GaussianNll(Variance.LEARNED, null);
        for (int steps : new int[] {1, 3}) {
            TrainState end = train(loss, steps, 2);
            PredictiveDistribution predicted = predicted(loss, end, steps, 2);
            for (int i = 0; i < steps; i++) {
                for (int j = 0; j < 2; j++) {
                    assertThat(Math.sqrt(predicted.aleatoricVariance(0, 4 * i + j)))
                            .as("target %d of step %d", j, i)
                            .isCloseTo(NOISE[j], within(0.1 * NOISE[j]));
                }
            }
            double rmse = end.history().get(59).validationScore();
            assertThat(rmse * rmse)
                    .isCloseTo(
                            (predicted.aleatoricVariance(0, 0) + predicted.aleatoricVariance(0, 1)) / 2,
                            within(0.06 * rmse * rmse));
        }
    }

    @Test
    void aGivenScaleStaysAndTheLossIsTheLikelihoods() {
        GaussianNll loss = new GaussianNll(Variance.GIVEN, 0.7);
        TrainState end = train(loss, 1, 1);
        assertThat(end.parameters().theta()).hasSize(4);
        PredictiveDistribution predicted = predicted(loss, end, 1, 1);
        assertThat(predicted.aleatoricVariance(0, 0)).isCloseTo(0.49, within(1e-6));
        EpochMetrics last = end.history().get(59);
        double squares = last.validationScore() * last.validationScore();
        assertThat(last.validationLoss())
                .isCloseTo(0.5 * (Math.log(2 * Math.PI * 0.49) + squares / 0.49), within(1e-4));
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> new GaussianNll(Variance.GIVEN, null)).hasMessageContaining("sigma");
        assertThatThrownBy(() -> new GaussianNll(null, 1.0))
                .hasMessage("sigma: expected none where variances are predicted, got 1.0; variance: given takes it");
        assertThatThrownBy(() -> new GaussianNll(Variance.LEARNED, -1.0)).hasMessageContaining("sigma");
        assertThatThrownBy(() -> new GaussianNll(Variance.LEARNED, null).check(Shape.of(6), Shape.of(2), 0))
                .hasMessage("gaussianNll: the last layer's output has to be as large as the target [2], with the noise"
                        + " beside it the network gives [6]");
    }
}
