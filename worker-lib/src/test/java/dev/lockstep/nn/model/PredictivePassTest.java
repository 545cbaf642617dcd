package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.BinaryCrossEntropy;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.GaussianNll;
import dev.lockstep.nn.loss.Loss;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.loss.MixtureDensity;
import dev.lockstep.nn.loss.Poisson;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.RowLosses;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The mixture of an ensemble's networks and of samples against its definition. */
class PredictivePassTest {
    private static final List<float[]> ROWS = List.of(new float[] {1, 2}, new float[] {1.5f, 0.75f});

    private static Network ensemble(int members, int outputs, Loss loss, LayerSpec... hidden) {
        List<LayerSpec> layers = new java.util.ArrayList<>(List.of(hidden));
        layers.add(new Dense(outputs));
        return Network.bind(new ModelSpec(layers, loss, null, null, null, members), Shape.of(2));
    }

    private static Predictor predictor(Network network, Scaling scaling, int samples) {
        return new Predictor(network, network.initialize(4), scaling, 4, samples, 8, false);
    }

    /** What each network of an ensemble says alone. */
    private static double[][] components(Network ensemble, int outputs) {
        Parameters parameters = ensemble.initialize(4);
        double[][] outputsOfRow = new double[3][outputs];
        Network alone = ensemble(1, outputs, ensemble.loss());
        int size = alone.parameterCount();
        for (int member = 0; member < 3; member++) {
            float[] theta = new float[size];
            System.arraycopy(parameters.theta(), member * size, theta, 0, size);
            Tensor output = new Predictor(alone, new Parameters(theta, new float[0]), Scaling.NONE, 4, 0, 8, false)
                    .predict(ROWS);
            for (int i = 0; i < outputs; i++) {
                outputsOfRow[member][i] = output.array()[output.rowOffset(1) + i];
            }
        }
        return outputsOfRow;
    }

    @Test
    void probabilitiesAreAveragedAndDisagreementIsInformation() {
        Network network = ensemble(3, 4, new CrossEntropy());
        double[][] each = components(network, 4);
        Predictor predictor = predictor(network, Scaling.NONE, 0);
        Tensor mixed = predictor.predict(ROWS);
        double entropy = 0;
        double entropyOfEach = 0;
        for (int k = 0; k < 4; k++) {
            double p = (each[0][k] + each[1][k] + each[2][k]) / 3;
            assertThat((double) mixed.array()[mixed.rowOffset(1) + k]).isCloseTo(p, within(1e-6));
            entropy -= p * Math.log(p);
            for (double[] member : each) {
                entropyOfEach -= member[k] * Math.log(member[k]) / 3;
            }
        }
        PredictiveDistribution mixture = predictor.uncertainty();
        assertThat(mixture.predictiveEntropy(1)).isCloseTo(entropy, within(1e-5));
        assertThat(mixture.mutualInformation(1))
                .isCloseTo(entropy - entropyOfEach, within(1e-5))
                .isPositive();
        float logit = mixture.outputs().array()[mixture.outputs().rowOffset(1)];
        assertThat((double) logit).isCloseTo(Math.log(mixed.array()[mixed.rowOffset(1)]), within(1e-5));
    }

    @Test
    void binaryProbabilitiesAreAveraged() {
        Network network = ensemble(3, 1, new BinaryCrossEntropy(null));
        double[][] each = components(network, 1);
        Predictor predictor = predictor(network, Scaling.NONE, 0);
        Tensor mixed = predictor.predict(ROWS);
        double p = (each[0][0] + each[1][0] + each[2][0]) / 3;
        assertThat((double) mixed.array()[mixed.rowOffset(1)]).isCloseTo(p, within(1e-6));
        double entropyOfEach = 0;
        for (double[] member : each) {
            entropyOfEach += binaryEntropy(member[0]) / 3;
        }
        PredictiveDistribution mixture = predictor.uncertainty();
        assertThat(mixture.predictiveEntropy(1)).isCloseTo(binaryEntropy(p), within(1e-5));
        assertThat(mixture.mutualInformation(1)).isCloseTo(binaryEntropy(p) - entropyOfEach, within(1e-5));
    }

    private static double binaryEntropy(double p) {
        return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    }

    @Test
    void variancesOfAMixtureInTheTargetsOwnUnits() {
        Network network = ensemble(3, 2, new GaussianNll());
        double[][] each = components(network, 2);
        Scaling scaling = Scaling.NONE.withTargets(new Scaling(new float[] {20}, new float[] {5}));
        Predictor predictor = predictor(network, scaling, 0);
        Tensor mixed = predictor.predict(ROWS);
        double mean = (each[0][0] + each[1][0] + each[2][0]) / 3;
        double aleatoric = (each[0][1] + each[1][1] + each[2][1]) / 3;
        double epistemic = 0;
        for (double[] member : each) {
            epistemic += (member[0] - mean) * (member[0] - mean) / 3;
        }
        assertThat(Math.abs(mean)).as("a mean that has to be taken out").isGreaterThan(0.1);
        PredictiveDistribution mixture = predictor.uncertainty();
        assertThat((double) mixed.array()[mixed.rowOffset(1)]).isCloseTo(20 + 5 * mean, within(1e-4));
        assertThat((double) mixed.array()[mixed.rowOffset(1) + 1])
                .isCloseTo(25 * (aleatoric + epistemic), within(1e-3));
        assertThat(mixture.aleatoricVariance(1, 0)).isCloseTo(25 * aleatoric, within(1e-3));
        assertThat(mixture.epistemicVariance(1, 0)).isCloseTo(25 * epistemic, within(1e-3));
    }

    /** A count scatters about its rate as far as the rate is. */
    @Test
    void varianceOfACount() {
        Network network = ensemble(3, 1, new Poisson());
        double[][] each = components(network, 1);
        Predictor predictor = predictor(network, Scaling.NONE, 0);
        predictor.predict(ROWS);
        double rate = (each[0][0] + each[1][0] + each[2][0]) / 3;
        assertThat(predictor.uncertainty().aleatoricVariance(1, 0)).isCloseTo(rate, within(1e-5));
        assertThat(predictor.uncertainty().epistemicVariance(1, 0)).isPositive();
    }

    /** Two answers that are all but certain: a float's 1 - p would be 0. */
    @Test
    void theLessProbableAnswerKeepsItsDigits() {
        PredictiveDistribution answers = new BinaryCrossEntropy().likelihood().distribution(Shape.of(1), 1, null);
        answers.begin(1);
        for (float logit : new float[] {40, 30}) {
            float p = (float) (1 / (1 + Math.exp(-logit)));
            answers.add(new Tensor(new float[] {logit}, 0, Shape.of(1)), new Tensor(new float[] {p}, 0, Shape.of(1)));
        }
        answers.mix(outputs -> outputs);
        double against = (Math.exp(-40) + Math.exp(-30)) / 2;
        assertThat((double) answers.outputs().array()[0]).isCloseTo(-Math.log(against), within(1e-5));
    }

    /** Means 0 and 4, variances 1 and 0.25, in units of 5 from 20. */
    @Test
    void aMixtureOfNumbersIsTheMixtureNotTheGaussianWithItsMoments() {
        Scaling scaling = new Scaling(new float[] {20}, new float[] {5});
        PredictiveDistribution numbers = new GaussianNll().likelihood().distribution(Shape.of(2), 1, scaling);
        for (int pass = 0; pass < 2; pass++) {
            numbers.begin(1);
            for (float[] part : new float[][] {{0, 1}, {4, 0.25f}}) {
                Tensor component = new Tensor(part, 0, Shape.of(2));
                numbers.add(component, component);
            }
            numbers.mix(outputs -> outputs);
        }
        double value = 37;
        double density = (normal(value, 20, 5) + normal(value, 40, 2.5)) / 2;
        assertThat(numbers.densities().logDensity(0, 0, value)).isCloseTo(Math.log(density), within(1e-12));
        assertThat(numbers.densities().logDensity(0, 0, 1e4))
                .isCloseTo(Math.log(0.5) - 0.5 * Math.log(2 * Math.PI * 25) - 9980.0 * 9980 / 50, within(1e-5));
        double below = 0;
        for (double t = -40; t < value; t += 1e-3) {
            double middle = t + 5e-4;
            below += 1e-3 * (normal(middle, 20, 5) + normal(middle, 40, 2.5)) / 2;
        }
        assertThat(numbers.densities().cumulative(0, 0, value)).isCloseTo(below, within(1e-6));
        assertThat(numbers.densities().cumulative(0, 0, numbers.lower95(0, 0))).isCloseTo(0.025, within(1e-8));
        assertThat(numbers.densities().cumulative(0, 0, numbers.upper95(0, 0))).isCloseTo(0.975, within(1e-8));
        double deviation = numbers.standardDeviation(0, 0);
        assertThat(numbers.lower95(0, 0)).isGreaterThan(numbers.prediction(0, 0) * 0 + 30 - 1.9 * deviation);
    }

    /** The same density from two components of one network, and from two networks with one component each. */
    @Test
    void aMixtureDensityIsTheMixtureOfAllItsComponents() {
        Scaling scaling = new Scaling(new float[] {20}, new float[] {5});
        double value = 37;
        double density = (normal(value, 20, 5) + normal(value, 40, 2.5)) / 2;
        float one = (float) Math.log(Math.expm1(1 - 1e-6));
        float quarter = (float) Math.log(Math.expm1(0.25 - 1e-6));
        for (float[][] parts : new float[][][] {{{0, 0, 0, 4, one, quarter}}, {{0, 0, one}, {0, 4, quarter}}}) {
            int components = parts[0].length / 3;
            PredictiveDistribution numbers =
                    new MixtureDensity(components).likelihood().distribution(Shape.of(3 * components), 1, scaling);
            numbers.begin(1);
            for (float[] part : parts) {
                Tensor values = new Tensor(part, 0, Shape.of(part.length));
                numbers.add(values, values);
            }
            numbers.mix(outputs -> outputs);
            assertThat(numbers.densities().logDensity(0, 0, value)).isCloseTo(Math.log(density), within(1e-6));
            assertThat(numbers.densities().cumulative(0, 0, numbers.lower95(0, 0)))
                    .isCloseTo(0.025, within(1e-8));
            assertThat(numbers.densities().cumulative(0, 0, numbers.upper95(0, 0)))
                    .isCloseTo(0.975, within(1e-8));
            assertThat((double) numbers.prediction(0, 0)).isCloseTo(30, within(1e-5));
            assertThat((double) numbers.prediction(0, 1)).isCloseTo(115.625, within(1e-3));
            boolean alone = parts.length == 1;
            assertThat(numbers.aleatoricVariance(0, 0)).isCloseTo(alone ? 115.625 : 15.625, within(1e-4));
            assertThat(numbers.epistemicVariance(0, 0)).isCloseTo(alone ? 0 : 100, within(1e-4));
            double score = 0;
            for (double t = -60; t < 120; t += 1e-2) {
                double below = numbers.densities().cumulative(0, 0, t + 5e-3) - (t + 5e-3 >= value ? 1 : 0);
                score += 1e-2 * below * below;
            }
            assertThat(numbers.densities().rankedScore(0, 0, value)).isCloseTo(score, within(1e-2));
        }
    }

    private static double normal(double t, double mean, double deviation) {
        double z = (t - mean) / deviation;
        return Math.exp(-z * z / 2) / (deviation * Math.sqrt(2 * Math.PI));
    }

    @Test
    void theIntervalStaysWhereTargetsCanBe() {
        Scaling scaling = Scaling.NONE.withTargets(new Scaling(new float[] {20}, new float[] {5}));
        PredictiveDistribution one = mixture(ensemble(1, 2, new GaussianNll()), scaling);
        double deviation = Math.sqrt(one.aleatoricVariance(1, 0));
        assertThat(one.standardDeviation(1, 0)).isEqualTo(deviation);
        assertThat(one.upper95(1, 0)).isCloseTo(one.prediction(1, 0) + 1.959964 * deviation, within(1e-5));
        assertThat(one.lower95(1, 0)).isCloseTo(one.prediction(1, 0) - 1.959964 * deviation, within(1e-5));
        PredictiveDistribution count = mixture(ensemble(3, 1, new Poisson()), Scaling.NONE);
        assertThat(count.prediction(1, 0) - 1.96 * count.standardDeviation(1, 0))
                .as("an end that no count can be")
                .isNegative();
        assertThat(count.lower95(1, 0)).isZero();
        PredictiveDistribution answer = mixture(ensemble(3, 1, new BinaryCrossEntropy()), Scaling.NONE);
        assertThat(answer.lower95(1, 0)).isBetween(0.0, (double) answer.prediction(1, 0));
        assertThat(answer.upper95(1, 0)).isBetween((double) answer.prediction(1, 0), 1.0);
    }

    private static PredictiveDistribution mixture(Network network, Scaling scaling) {
        Predictor predictor = predictor(network, scaling, 0);
        predictor.predict(ROWS);
        return predictor.uncertainty();
    }

    @Test
    void dropoutIsDrawnInSamplesAlone() {
        Network network =
                ensemble(1, 1, new MeanSquaredError(), new Dense(30, new Activation.Tanh()), new Dropout(0.5));
        Predictor plain = predictor(network, Scaling.NONE, 0);
        float mean = plain.predict(ROWS).array()[0];
        assertThat(plain.uncertainty().epistemicVariance(0, 0)).isZero();
        Predictor sampling = predictor(network, Scaling.NONE, 400);
        float mixed = sampling.predict(ROWS).array()[0];
        double deviation = Math.sqrt(sampling.uncertainty().epistemicVariance(0, 0));
        assertThat(deviation).isPositive();
        assertThat((double) mixed).isCloseTo(mean, within(4 * deviation / 20)).isNotEqualTo(mean);
    }

    /** Of equal networks: were the masks the same, they would agree in every sample. */
    @Test
    void eachNetworkOfAnEnsembleDropsUnitsOfItsOwn() {
        Network network =
                ensemble(2, 1, new MeanSquaredError(), new Dense(30, new Activation.Tanh()), new Dropout(0.5));
        Parameters parameters = network.initialize(4);
        int half = parameters.theta().length / 2;
        System.arraycopy(parameters.theta(), 0, parameters.theta(), half, half);
        Predictor predictor = new Predictor(network, parameters, Scaling.NONE, 4, 1, 8, false);
        predictor.predict(ROWS);
        assertThat(predictor.uncertainty().epistemicVariance(0, 0)).isPositive();
    }

    /**
     * What a training step reports of an ensemble is the mean over its networks; each learns from a loss of its own.
     */
    @Test
    void theLossOfAnEnsembleIsTheMeanOfItsNetworks() {
        Network network = ensemble(3, 1, new MeanSquaredError());
        double[][] each = components(network, 1);
        RowLayout layout = new RowLayout(Shape.of(2), Shape.of(1), true, false);
        Replica replica = new Replica(network, layout, 1, 1);
        replica.batch().beginShard();
        replica.batch().addRow(new float[] {1.5f, 0.75f, 2, 3}, 0, 0);
        replica.batch().endShard();
        replica.beginTraining(4, 0, 0);
        replica.forward(network.initialize(4));
        RowLosses losses = replica.lossAndGradient();
        double expected = 0;
        for (double[] member : each) {
            expected += 3 * (member[0] - 2) * (member[0] - 2) / 3;
        }
        assertThat(losses.loss()[0]).isCloseTo(expected, within(1e-5));
        assertThat(losses.score()[0]).isCloseTo(expected, within(1e-5));
        assertThat(losses.weight()[0]).isEqualTo(3);
    }

    @Test
    void aRowsSamplesDoNotDependOnItsNeighbours() {
        Network network = ensemble(2, 3, new CrossEntropy(), new Dense(9, new Activation.Tanh()), new Dropout(0.5));
        Predictor predictor = predictor(network, Scaling.NONE, 5);
        Tensor together = predictor.predict(ROWS);
        float second = together.array()[together.rowOffset(1) + 2];
        assertThat(predictor.predict(List.of(ROWS.get(1))).array()[2]).isEqualTo(second);
    }
}
