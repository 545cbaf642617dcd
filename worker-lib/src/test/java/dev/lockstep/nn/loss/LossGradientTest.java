package dev.lockstep.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every loss against central differences by each output; a loss without a row fails {@link #everyLossHasARow()}. */
class LossGradientTest {
    private static final double STEP = 1 / 128.0;

    private record Row(Loss loss, Shape output, Shape target, int classes) {}

    private static final List<Row> ROWS = List.of(
            new Row(new MeanSquaredError(), Shape.of(1), Shape.of(1), 0),
            new Row(new MeanSquaredError(), Shape.of(3), Shape.of(3), 0),
            new Row(new CrossEntropy(), Shape.of(2), Shape.of(1), 2),
            new Row(new CrossEntropy(), Shape.of(17), Shape.of(1), 17));

    @Test
    void everyLossHasARow() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : Loss.class.getPermittedSubclasses()) {
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

    private static void check(Row row) {
        Random random = new Random(5);
        int rows = 3;
        Batch batch = new Batch(new RowLayout(Shape.of(1), row.target(), true, false), rows, 1);
        batch.beginShard();
        for (int i = 0; i < rows; i++) {
            float[] packed = new float[batch.layout().width()];
            for (int j = 1; j < packed.length; j++) {
                packed[j] = row.classes() > 0 ? random.nextInt(row.classes()) : (float) random.nextGaussian();
            }
            packed[packed.length - 1] = 0.5f + random.nextFloat();
            batch.addRow(packed, 0, 0);
        }
        batch.endShard();
        Pass pass = new Pass();
        pass.beginTraining(1, 0, 0, batch);
        row.loss().check(row.output(), row.target(), row.classes());
        Tensor output = Tensor.allocate(rows, row.output());
        for (int i = 0; i < output.array().length; i++) {
            output.array()[i] = (float) random.nextGaussian();
        }
        Tensor gradient = Tensor.allocate(rows, row.output());
        lossSum(row.loss(), pass, batch, output, gradient);
        float[] expected = gradient.array().clone();
        for (int i = 0; i < expected.length; i++) {
            float value = output.array()[i];
            output.array()[i] = (float) (value + STEP);
            double above = lossSum(row.loss(), pass, batch, output, gradient);
            output.array()[i] = (float) (value - STEP);
            double below = lossSum(row.loss(), pass, batch, output, gradient);
            output.array()[i] = value;
            double numeric = (above - below) / (2 * STEP);
            assertThat((double) expected[i]).isCloseTo(numeric, within(2e-4 + 1e-3 * Math.abs(numeric)));
        }
    }

    private static double lossSum(Loss loss, Pass pass, Batch batch, Tensor output, Tensor gradient) {
        RowLosses losses = new RowLosses(batch.rows());
        loss.evaluate(pass, output, batch.targets(), batch.weights(), gradient, losses);
        return Arrays.stream(losses.loss()).sum();
    }

    @Test
    void aMismatchNamesBothShapes() {
        assertThatThrownBy(() -> new CrossEntropy().check(Shape.of(10), Shape.of(1), 7))
                .hasMessage("crossEntropy: the network's output is [10], the data has 7 classes");
        assertThatThrownBy(() -> new MeanSquaredError().check(Shape.of(3), Shape.of(2), 0))
                .hasMessage("meanSquaredError: the network's output [3] has to be as large as the target [2]");
    }
}
