package dev.lockstep.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.Kinds;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every loss against central differences by each output; a loss without a row fails {@link #everyLossHasARow()}. */
class LossGradientTest {
    private static final double STEP = 1 / 128.0;

    /** What targets are: normal numbers, zeros and ones, counts, shares that add up to 1, or class labels. */
    private enum Targets {
        NUMBERS,
        BITS,
        COUNTS,
        SHARES,
        LABELS
    }

    private record Row(Loss loss, Shape output, Shape target, Targets targets, int classes, int... lengths) {
        @Override
        public String toString() {
            return loss + " of " + output + " and " + target + ", lengths " + Arrays.toString(lengths);
        }
    }

    private static final ClassWeights TWO = ClassWeights.of(List.of(0.5, 3.0));
    private static final ClassWeights THREE = ClassWeights.of(List.of(1.0, 0.25, 2.0));
    private static final ClassWeights FIVE = ClassWeights.of(List.of(1.0, 0.25, 2.0, 0.0, 1.5));

    private static final Heads HEADS = new Heads(heads());

    private static Map<String, Heads.Head> heads() {
        Map<String, Heads.Head> heads = new LinkedHashMap<>();
        heads.put("sizes", new Heads.Head(new GaussianNll(), 4, List.of("height", "width"), 0.5, null));
        heads.put("kind", new Heads.Head(new CrossEntropy(null, THREE), 3, null, 2.5, List.of("a", "b", "c")));
        heads.put("late", new Heads.Head(new BinaryCrossEntropy(), 1));
        return heads;
    }

    private static final List<Row> ROWS = List.of(
            new Row(new MeanSquaredError(), Shape.of(1), Shape.of(1), Targets.NUMBERS, 0),
            new Row(new MeanSquaredError(), Shape.of(3), Shape.of(3), Targets.NUMBERS, 0),
            new Row(new MeanSquaredError(), Shape.of(4, 2), Shape.of(4, 2), Targets.NUMBERS, 0, 4, 1, 2),
            new Row(new MeanAbsoluteError(), Shape.of(2), Shape.of(2), Targets.NUMBERS, 0),
            new Row(new MeanAbsoluteError(), Shape.of(3, 1), Shape.of(3), Targets.NUMBERS, 0, 3, 0, 1),
            new Row(new Huber(null), Shape.of(1), Shape.of(1), Targets.NUMBERS, 0),
            new Row(new Huber(0.3), Shape.of(5), Shape.of(5), Targets.NUMBERS, 0),
            new Row(new BinaryCrossEntropy(), Shape.of(1), Shape.of(1), Targets.BITS, 2),
            new Row(new BinaryCrossEntropy(TWO), Shape.of(4), Shape.of(4), Targets.BITS, 0),
            new Row(new BinaryCrossEntropy(TWO), Shape.of(2, 1), Shape.of(2), Targets.BITS, 2, 1, 2, 1),
            new Row(new Poisson(), Shape.of(1), Shape.of(1), Targets.COUNTS, 0),
            new Row(new Poisson(), Shape.of(3), Shape.of(3), Targets.COUNTS, 0),
            new Row(new GaussianNll(), Shape.of(2), Shape.of(1), Targets.NUMBERS, 0),
            new Row(new GaussianNll(), Shape.of(6), Shape.of(3), Targets.NUMBERS, 0),
            new Row(new GaussianNll(), Shape.of(3, 4), Shape.of(3, 2), Targets.NUMBERS, 0, 2, 3, 1),
            new Row(new CrossEntropy(), Shape.of(2), Shape.of(1), Targets.LABELS, 2),
            new Row(new CrossEntropy(), Shape.of(17), Shape.of(1), Targets.LABELS, 17),
            new Row(new CrossEntropy(0.1, null), Shape.of(3), Shape.of(1), Targets.LABELS, 3),
            new Row(new CrossEntropy(0.2, FIVE), Shape.of(5), Shape.of(1), Targets.LABELS, 5),
            new Row(new LaplaceNll(null, null), Shape.of(6), Shape.of(3), Targets.NUMBERS, 0),
            new Row(new LaplaceNll(null, null), Shape.of(3, 4), Shape.of(3, 2), Targets.NUMBERS, 0, 2, 3, 1),
            new Row(new StudentTNll(null, null, null), Shape.of(2), Shape.of(1), Targets.NUMBERS, 0),
            new Row(new StudentTNll(3, null, null), Shape.of(2, 4), Shape.of(2, 2), Targets.NUMBERS, 0, 2, 1, 0),
            new Row(new NegativeBinomial(), Shape.of(2), Shape.of(1), Targets.COUNTS, 0),
            new Row(new NegativeBinomial(), Shape.of(3, 4), Shape.of(3, 2), Targets.COUNTS, 0, 2, 3, 1),
            new Row(new Quantile(null), Shape.of(6), Shape.of(2), Targets.NUMBERS, 0),
            new Row(new Quantile(List.of(0.3)), Shape.of(1), Shape.of(1), Targets.NUMBERS, 0),
            new Row(new Quantile(List.of(0.1, 0.8)), Shape.of(3, 4), Shape.of(3, 2), Targets.NUMBERS, 0, 2, 3, 1),
            new Row(new SoftCrossEntropy(), Shape.of(4), Shape.of(4), Targets.SHARES, 0),
            new Row(new SoftCrossEntropy(), Shape.of(3, 4), Shape.of(3, 4), Targets.SHARES, 0, 1, 3, 2),
            new Row(new Focal(null, null), Shape.of(4), Shape.of(1), Targets.LABELS, 4),
            new Row(new Focal(0.5, FIVE), Shape.of(3, 5), Shape.of(3), Targets.LABELS, 5, 3, 1, 2),
            new Row(new CrossEntropy(), Shape.of(4, 3), Shape.of(4), Targets.LABELS, 3),
            new Row(new Hinge(), Shape.of(1), Shape.of(1), Targets.LABELS, 2),
            new Row(new Hinge(FIVE), Shape.of(5), Shape.of(1), Targets.LABELS, 5),
            new Row(new Hinge(TWO), Shape.of(3, 1), Shape.of(3), Targets.LABELS, 2, 2, 3, 0),
            new Row(new Hinge(), Shape.of(3, 4), Shape.of(3), Targets.LABELS, 4, 2, 3, 1),
            new Row(new MixtureDensity(null), Shape.of(9), Shape.of(1), Targets.NUMBERS, 0),
            new Row(new MixtureDensity(1), Shape.of(6), Shape.of(2), Targets.NUMBERS, 0),
            new Row(new MixtureDensity(2), Shape.of(3, 12), Shape.of(3, 2), Targets.NUMBERS, 0, 2, 3, 1),
            new Row(HEADS, Shape.of(8), Shape.of(4), Targets.BITS, 0),
            new Row(new CrossEntropy(null, FIVE), Shape.of(3, 5), Shape.of(3), Targets.LABELS, 5, 3, 1, 2));

    @Test
    void everyLossHasARow() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Kinds.of(Loss.class)) {
            if (ROWS.stream().noneMatch(row -> kind.isInstance(row.loss()))) {
                missing.add(kind.getSimpleName());
            }
        }
        assertThat(missing).as("losses without a gradient check").isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> gradients() {
        return ROWS.stream().map(row -> DynamicTest.dynamicTest(row.toString(), () -> check(row)));
    }

    /** A row of weight 3 is three rows, one of weight 0 is none: loss, weight, score and gradient. */
    @TestFactory
    Stream<DynamicTest> weights() {
        return ROWS.stream().map(row -> DynamicTest.dynamicTest(row.toString(), () -> checkWeights(row)));
    }

    private static void checkWeights(Row row) {
        LossCase values = values(row);
        Arrays.fill(values.weights(), 1);
        RowLosses once = values.evaluate(row.loss());
        float[] gradient = values.gradient().clone();
        int width = gradient.length / 3;
        float[] weights = {3, 0, 1};
        System.arraycopy(weights, 0, values.weights(), 0, 3);
        RowLosses weighted = values.evaluate(row.loss());
        for (int i = 0; i < 3; i++) {
            double factor = weights[i];
            assertThat(weighted.loss()[i]).isCloseTo(factor * once.loss()[i], within(1e-9));
            assertThat(weighted.weight()[i]).isCloseTo(factor * once.weight()[i], within(1e-12));
            assertThat(weighted.score()[i]).isCloseTo(factor * once.score()[i], within(1e-9));
            assertThat(weighted.scoreWeight()[i]).isCloseTo(factor * once.scoreWeight()[i], within(1e-12));
            for (int j = i * width; j < (i + 1) * width; j++) {
                assertThat((double) values.gradient()[j])
                        .isCloseTo(factor * gradient[j], within(1e-6 * Math.abs(factor * gradient[j])));
            }
        }
    }

    /** Of scaled targets training has the gradient that it would have, and figures in the targets' own units. */
    @TestFactory
    Stream<DynamicTest> figuresOfTraining() {
        return ROWS.stream()
                .filter(row -> row.loss().likelihood().allowsScaledTargets())
                .filter(row -> row.loss().targetColumns().isEmpty())
                .map(row -> DynamicTest.dynamicTest(row.toString(), () -> checkFigures(row)));
    }

    private static void checkFigures(Row row) {
        LossCase values = values(row);
        int numbers = row.loss().likelihood().targets(row.output());
        float[] mean = new float[numbers];
        float[] std = new float[numbers];
        for (int j = 0; j < numbers; j++) {
            mean[j] = j - 0.5f;
            std[j] = 3 + j;
        }
        values.evaluate(row.loss());
        float[] gradient = values.gradient().clone();
        RowLosses trained = values.train(row.loss(), new Scaling(mean, std));
        assertThat(values.gradient()).isEqualTo(gradient);
        // The same rows as those outside training: targets as they are, outputs as a mixture of one has them.
        for (int i = 0; i < values.targets().length; i++) {
            values.targets()[i] = values.targets()[i] * std[i % numbers] + mean[i % numbers];
        }
        boolean scaled = row.loss().likelihood().link() instanceof Activation.MeanAndVariance
                || row.loss() instanceof MixtureDensity;
        for (int i = 0; !scaled && i < values.outputs().length; i++) {
            values.outputs()[i] = values.outputs()[i] * std[i % numbers] + mean[i % numbers];
        }
        RowLosses measured = values.evaluate(row.loss(), new Scaling(mean, std));
        for (int i = 0; i < 3; i++) {
            double score = measured.score()[i];
            assertThat(trained.loss()[i]).isCloseTo(measured.loss()[i], within(1e-4 * (1 + measured.loss()[i])));
            assertThat(trained.weight()[i]).isEqualTo(measured.weight()[i]);
            assertThat(trained.score()[i]).isCloseTo(score, within(1e-4 * (1 + score)));
            assertThat(trained.scoreWeight()[i]).isEqualTo(measured.scoreWeight()[i]);
        }
    }

    private static void check(Row row) {
        LossCase values = values(row);
        float[] outputs = values.outputs();
        values.evaluate(row.loss());
        float[] expected = values.gradient().clone();
        for (int i = 0; i < expected.length; i++) {
            float value = outputs[i];
            outputs[i] = (float) (value + STEP);
            double above = Arrays.stream(values.evaluate(row.loss()).loss()).sum();
            outputs[i] = (float) (value - STEP);
            double below = Arrays.stream(values.evaluate(row.loss()).loss()).sum();
            outputs[i] = value;
            double numeric = (above - below) / (2 * STEP);
            assertThat((double) expected[i]).isCloseTo(numeric, within(2e-4 + 1e-3 * Math.abs(numeric)));
        }
    }

    /** Three rows with outputs, targets and weights. */
    private static LossCase values(Row row) {
        Random random = new Random(5);
        row.loss().check(row.output(), row.target(), row.classes());
        LossCase values = new LossCase(row.output(), row.target(), 3, row.lengths());
        for (int i = 0; i < 3; i++) {
            values.weights()[i] = 0.5f + random.nextFloat();
        }
        for (int i = 0; i < values.targets().length; i++) {
            values.targets()[i] = switch (row.targets()) {
                case NUMBERS -> (float) random.nextGaussian();
                case BITS -> random.nextInt(2);
                case COUNTS -> random.nextInt(5);
                case SHARES -> i % 4 == 0 ? 0.5f : i % 4 == 3 ? 0 : 0.25f;
                case LABELS -> random.nextInt(row.classes());
            };
        }
        float[] outputs = values.outputs();
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void aMismatchNamesBothShapes() {
        assertThatThrownBy(() -> new CrossEntropy().check(Shape.of(10), Shape.of(1), 7))
                .hasMessage("crossEntropy: the network's output is [10], the data has 7 classes");
        assertThatThrownBy(() -> new CrossEntropy().check(Shape.of(4, 7), Shape.of(3), 7))
                .hasMessage("crossEntropy: the network's output [4, 7] needs 4 class labels a row, the target is [3]");
        assertThatThrownBy(() -> new MeanSquaredError().check(Shape.of(3), Shape.of(2), 0))
                .hasMessage("meanSquaredError: the network's output [3] has to be as large as the target [2]");
        assertThatThrownBy(() -> new GaussianNll().check(Shape.of(3), Shape.of(2), 0))
                .hasMessageStartingWith("gaussianNll: the network's output [3] has to be twice as large as the target");
        assertThatThrownBy(() -> new CrossEntropy(null, TWO).check(Shape.of(3), Shape.of(1), 3))
                .hasMessage("crossEntropy: the data has 3 classes, classWeights are 2");
        assertThatThrownBy(() -> new CrossEntropy(null, ClassWeights.of(List.of(0.0, 0.0))))
                .hasMessage("expected one above 0 at least, got [0.0, 0.0]");
    }
}
