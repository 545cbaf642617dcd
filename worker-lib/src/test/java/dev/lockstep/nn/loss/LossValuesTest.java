package dev.lockstep.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Losses, weights and scores of single rows against values worked out from the formulas by hand. */
class LossValuesTest {
    private static final Offset<Double> CLOSE = within(1e-6);

    private static LossCase row(Shape output, Shape target, float weight, float[] outputs, float[] targets) {
        LossCase values = new LossCase(output, target, 1);
        values.weights()[0] = weight;
        System.arraycopy(outputs, 0, values.outputs(), 0, outputs.length);
        System.arraycopy(targets, 0, values.targets(), 0, targets.length);
        return values;
    }

    private static void assertRow(RowLosses losses, double loss, double weight, double score) {
        assertThat(losses.loss()[0]).isCloseTo(loss, CLOSE);
        assertThat(losses.weight()[0]).isCloseTo(weight, CLOSE);
        assertThat(losses.score()[0]).isCloseTo(score, CLOSE);
    }

    @Test
    void regressionLossesAreMeansOverTheOutputs() {
        LossCase values = row(Shape.of(2), Shape.of(2), 3f, new float[] {1, -2}, new float[] {0.5f, 1});
        assertRow(values.evaluate(new MeanSquaredError()), 3 * (0.25 + 9) / 2, 3, 3 * (0.25 + 9) / 2);
        assertRow(values.evaluate(new MeanAbsoluteError()), 3 * (0.5 + 3) / 2, 3, 3 * (0.25 + 9) / 2);
        assertRow(values.evaluate(new Huber(null)), 3 * (0.125 + 2.5) / 2, 3, 3 * (0.25 + 9) / 2);
        assertRow(values.evaluate(new Huber(2.0)), 3 * (0.125 + 4) / 2, 3, 3 * (0.25 + 9) / 2);
    }

    @Test
    void binaryCrossEntropyIsExactFarOut() {
        BinaryCrossEntropy loss = new BinaryCrossEntropy();
        LossCase wrong = row(Shape.of(1), Shape.of(1), 1f, new float[] {800}, new float[] {0});
        assertRow(wrong.evaluate(loss), 800, 1, 0);
        assertThat(wrong.gradient()[0]).isEqualTo(1f);
        LossCase right = row(Shape.of(1), Shape.of(1), 1f, new float[] {-800}, new float[] {0});
        assertRow(right.evaluate(loss), 0, 1, 1);
        LossCase half = row(Shape.of(2), Shape.of(2), 2f, new float[] {0, 0}, new float[] {1, 0});
        assertRow(half.evaluate(loss), 2 * Math.log(2), 2, 1);
        RowLosses weighted = half.evaluate(new BinaryCrossEntropy(ClassWeights.of(List.of(1.0, 3.0))));
        assertRow(weighted, 4 * Math.log(2), 4, 1);
        assertThat(weighted.scoreWeight()[0]).isEqualTo(2);
        // A probability of one half says 1.
        LossCase undecided = row(Shape.of(1), Shape.of(1), 1f, new float[] {0}, new float[] {1});
        assertRow(undecided.evaluate(loss), Math.log(2), 1, 1);
        LossCase outside = row(Shape.of(1), Shape.of(1), 1f, new float[] {0}, new float[] {2});
        assertThatThrownBy(() -> outside.evaluate(loss))
                .hasMessage("binaryCrossEntropy: expected a target from 0 to 1, got 2.0");
    }

    @Test
    void crossEntropy() {
        float[] logits = {(float) Math.log(1), (float) Math.log(2), (float) Math.log(5)};
        LossCase values = row(Shape.of(3), Shape.of(1), 2f, logits, new float[] {1});
        assertRow(values.evaluate(new CrossEntropy()), 2 * Math.log(4), 2, 0);
        double smooth = Math.log(8) - 0.7 * Math.log(2) - 0.1 * Math.log(10);
        assertRow(values.evaluate(new CrossEntropy(0.3, null)), 2 * smooth, 2, 0);
        assertRow(values.evaluate(new CrossEntropy(null, ClassWeights.of(List.of(1.0, 0.5, 1.0)))), Math.log(4), 1, 0);
        for (float outside : new float[] {-1, 3, 0.5f, Float.NaN}) {
            values.targets()[0] = outside;
            assertThatThrownBy(() -> values.evaluate(new CrossEntropy()))
                    .hasMessage("crossEntropy: expected a class from 0 to 2, got " + outside);
        }
        values.targets()[0] = 2;
        assertRow(values.evaluate(new CrossEntropy()), 2 * Math.log(1.6), 2, 2);
        RowLosses weighted = values.evaluate(new CrossEntropy(null, ClassWeights.of(List.of(1.0, 1.0, 0.25))));
        assertRow(weighted, 0.5 * Math.log(1.6), 0.5, 2);
        assertThat(weighted.scoreWeight()[0]).isEqualTo(2);
    }

    @Test
    void focal() {
        float[] logits = {(float) Math.log(1), (float) Math.log(2), (float) Math.log(5)};
        LossCase values = row(Shape.of(3), Shape.of(1), 2f, logits, new float[] {2});
        assertRow(values.evaluate(new Focal(null, null)), 2 * 0.375 * 0.375 * Math.log(1.6), 2, 2);
        assertRow(values.evaluate(new Focal(0.0, null)), 2 * Math.log(1.6), 2, 2);
        ClassWeights half = ClassWeights.of(List.of(1.0, 1.0, 0.5));
        assertRow(values.evaluate(new Focal(1.0, half)), 0.375 * Math.log(1.6), 1, 2);
        LossCase certain = row(Shape.of(2), Shape.of(1), 1f, new float[] {200, 0}, new float[] {0});
        assertRow(certain.evaluate(new Focal(0.5, null)), 0, 1, 1);
        assertThat(certain.gradient()).as("no 0 to a negative power").containsExactly(new float[2], within(0f));
        LossCase wrong = row(Shape.of(2), Shape.of(1), 1f, new float[] {200, 0}, new float[] {1});
        assertRow(wrong.evaluate(new Focal(null, null)), 200, 1, 0);
        assertThat(wrong.gradient()).containsExactly(1, -1);
    }

    @Test
    void stepsBeyondTheEndCountForNothing() {
        LossCase values = new LossCase(Shape.of(3, 2), Shape.of(3), 2, 1, 3);
        float[] outputs = {0, 1, 9, 9, 9, 9, 0, 0, 0, 0, 0, 0};
        System.arraycopy(outputs, 0, values.outputs(), 0, outputs.length);
        RowLosses losses = values.evaluate(new CrossEntropy());
        assertThat(losses.loss()[0]).isCloseTo(Math.log(1 + Math.E), CLOSE);
        assertThat(losses.weight()).containsExactly(1, 3);
        assertThat(losses.scoreWeight()).containsExactly(1, 3);
        assertThat(losses.loss()[1]).isCloseTo(3 * Math.log(2), CLOSE);
        assertThat(values.gradient()[2]).isZero();
        assertThat(values.gradient()[5]).isZero();
    }

    @Test
    void gaussianAndPoisson() {
        float s = 0.3f;
        double variance = Math.log1p(Math.exp(s)) + 1e-6;
        LossCase values = row(Shape.of(2), Shape.of(1), 1f, new float[] {1.5f, s}, new float[] {1});
        double expected = 0.5 * Math.log(2 * Math.PI * variance) + 0.125 / variance;
        assertRow(values.evaluate(new GaussianNll()), expected, 1, 0.25);
        float[] prediction = new float[2];
        new Activation.MeanAndVariance().forward(values.outputs(), 0, prediction, 0, 1, 2);
        assertThat(prediction[0]).isEqualTo(1.5f);
        assertThat((double) prediction[1]).isCloseTo(variance, CLOSE);

        LossCase counts = row(Shape.of(1), Shape.of(1), 1f, new float[] {(float) Math.log(3)}, new float[] {4});
        assertRow(counts.evaluate(new Poisson()), 3 - 4 * Math.log(3), 1, 1);
        counts.targets()[0] = -1;
        assertThatThrownBy(() -> counts.evaluate(new Poisson()))
                .hasMessage("poisson: expected a count of at least 0, got -1.0");
    }

    @Test
    void hingeOfTwoAndOfSeveralClasses() {
        LossCase two = row(Shape.of(1), Shape.of(1), 3f, new float[] {0.25f}, new float[] {1});
        assertRow(two.evaluate(new Hinge()), 3 * 0.75, 3, 3);
        assertThat(two.gradient()).containsExactly(-3f);
        two.targets()[0] = 0;
        assertRow(two.evaluate(new Hinge(ClassWeights.of(List.of(2.0, 1.0)))), 6 * 1.25, 6, 0);
        two.outputs()[0] = -1.5f;
        assertRow(two.evaluate(new Hinge()), 0, 3, 3);
        assertThat(two.gradient()).containsExactly(0f);
        LossCase several = row(Shape.of(4), Shape.of(1), 1f, new float[] {0.5f, 2, -1, 1.5f}, new float[] {3});
        assertRow(several.evaluate(new Hinge()), 1.5, 1, 0);
        assertThat(several.gradient()).containsExactly(0, 1, 0, -1);
        several.targets()[0] = 1;
        assertRow(several.evaluate(new Hinge()), 0.5, 1, 1);
        assertThatThrownBy(() -> new Hinge().check(Shape.of(1), Shape.of(1), 3))
                .hasMessage("hinge: the network's output is [1], the data has 3 classes");
    }

    /** A logit of 200 against one of -200 leaves one component, and a target far out no density that a double holds. */
    @Test
    void mixtureDensity() {
        float[] outputs = {0.5f, -1, 1, 3, 0.25f, 2};
        LossCase values = row(Shape.of(6), Shape.of(1), 2f, outputs, new float[] {1.75f});
        double density = 0;
        double mean = 0;
        double weights = Math.exp(0.5) + Math.exp(-1);
        for (int k = 0; k < 2; k++) {
            double weight = Math.exp(outputs[k]) / weights;
            double variance = Math.log1p(Math.exp(outputs[4 + k])) + 1e-6;
            double error = 1.75 - outputs[2 + k];
            density += weight * Math.exp(-error * error / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
            mean += weight * outputs[2 + k];
        }
        double square = (mean - 1.75) * (mean - 1.75);
        assertRow(values.evaluate(new MixtureDensity(2)), -2 * Math.log(density), 2, 2 * square);
        float[] far = {200, -200, 1, 1, 0.25f, 0.25f};
        LossCase alone = row(Shape.of(6), Shape.of(1), 1f, far, new float[] {1e4f});
        LossCase one = row(Shape.of(2), Shape.of(1), 1f, new float[] {1, 0.25f}, new float[] {1e4f});
        double expected = one.evaluate(new GaussianNll()).loss()[0];
        assertThat(alone.evaluate(new MixtureDensity(2)).loss()[0]).isCloseTo(expected, within(1e-9 * expected));
        assertThat(alone.gradient()[2]).isEqualTo(one.gradient()[0]);
        assertThatThrownBy(() -> new MixtureDensity(2).check(Shape.of(4), Shape.of(1), 0))
                .hasMessage("mixtureDensity: the network's output [4] has to be 6 times as large as the target [1], a"
                        + " weight, a mean and a variance for each of 2 components");
    }

    /** Outputs are of the scaled targets, each with a scale of its own; losses are those of the targets themselves. */
    @Test
    void gaussianOfScaledTargets() {
        float[] outputs = {0.5f, -1, 0.3f, 1.2f};
        float[] targets = {3, -9};
        float[] mean = {1, -2};
        float[] std = {2, 5};
        double loss = 0;
        double score = 0;
        for (int j = 0; j < 2; j++) {
            double variance = (Math.log1p(Math.exp(outputs[2 + j])) + 1e-6) * std[j] * std[j];
            double squares = Math.pow(mean[j] + std[j] * outputs[j] - targets[j], 2);
            loss += (Math.log(2 * Math.PI * variance) + squares / variance) / 4;
            score += squares / 2;
        }
        LossCase values = row(Shape.of(4), Shape.of(2), 3f, outputs, targets);
        assertRow(values.evaluate(new GaussianNll(), new Scaling(mean, std)), 3 * loss, 3, 3 * score);
    }

    /** Where the square turns is in the unit of training, also where the loss is said in the targets' own. */
    @Test
    void hubersLossIsTheSameFunctionInEveryUnit() {
        Huber huber = new Huber(0.5);
        for (double error : new double[] {0.25, 2}) {
            double trained = huber.loss((float) error, 0);
            assertThat(huber.lossInOwnUnits((float) (8 * error), 0, 8)).isEqualTo(64 * trained);
        }
    }

    /** What training says of scaled targets is what an evaluation says of the targets themselves. */
    @Test
    void trainingAndEvaluationSpeakOfTheSameUnit() {
        Map<Loss, Integer> outputsOfANumber = Map.of(
                new MeanSquaredError(), 1,
                new MeanAbsoluteError(), 1,
                new Huber(0.5), 1,
                new GaussianNll(), 2,
                new LaplaceNll(null, null), 2,
                new StudentTNll(null, null, null), 2,
                new MixtureDensity(2), 6,
                new Quantile(List.of(0.1, 0.5, 0.9)), 3);
        float[] mean = {1, -2};
        float[] std = {2, 5};
        float[] targets = {3, -9};
        float[] scaled = {(3 - 1) / 2f, (-9 + 2) / 5f};
        outputsOfANumber.forEach((loss, count) -> {
            float[] outputs = new float[2 * count];
            for (int i = 0; i < outputs.length; i++) {
                outputs[i] = (float) Math.sin(i + 1);
            }
            Shape shape = Shape.of(outputs.length);
            Scaling scaling = new Scaling(mean, std);
            float[] predicted = outputs.clone();
            boolean unscaled = loss instanceof ElementLoss || loss instanceof Quantile;
            for (int j = 0; unscaled && j < outputs.length; j++) {
                // Of these losses a prediction is in the targets' unit.
                predicted[j] = mean[j % 2] + std[j % 2] * outputs[j];
            }
            RowLosses evaluated =
                    row(shape, Shape.of(2), 3f, predicted, targets).evaluate(loss, scaling);
            RowLosses trained = row(shape, Shape.of(2), 3f, outputs, scaled).train(loss, scaling);
            assertThat(trained.loss()[0])
                    .as("loss of %s", loss)
                    .isCloseTo(
                            evaluated.loss()[0],
                            within(1e-5 * Math.abs(evaluated.loss()[0])));
            assertThat(trained.score()[0])
                    .as("score of %s", loss)
                    .isCloseTo(evaluated.score()[0], within(1e-5 * evaluated.score()[0]));
        });
    }
}
