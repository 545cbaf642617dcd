package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Global pooling of rows that end early: each as a row of just its length, to the last bit. */
class GlobalPoolTest {
    private static final int STEPS = 5;
    private static final int FEATURES = 3;

    static final List<LayerSpec> LAYERS = List.of(new GlobalMaxPool(), new GlobalAveragePool());

    private record Result(float[] y, float[] dx) {}

    /** One row through the layer, forth and back; with a length where it is given. */
    private static Result run(LayerSpec spec, float[] x, float[] dy, Integer length) {
        Shape input = Shape.of(x.length / FEATURES, FEATURES);
        RowLayout layout = new RowLayout(input, Shape.of(1), false, length != null);
        Batch batch = new Batch(layout, 1, 1);
        float[] packed = Arrays.copyOf(x, layout.width());
        if (length != null) {
            packed[layout.lengthOffset()] = length;
        }
        batch.beginShard();
        batch.addRow(packed, 0, 0);
        batch.endShard();
        LayerReplica layer = spec.bind(input, new ParameterLayout()).replica(new Workspace(1));
        Pass pass = new Pass();
        pass.beginTraining(1, 0, 0, batch);
        Parameters none = new Parameters(new float[0], new float[0]);
        Tensor y = layer.forward(pass, none, batch.features());
        float[] output = Arrays.copyOf(y.array(), FEATURES);
        Tensor gradient = new Tensor(dy.clone(), 0, Shape.of(FEATURES));
        Tensor dx = layer.backward(pass, none, batch.features(), gradient, true, new Gradient(List.of()));
        return new Result(output, Arrays.copyOf(dx.array(), x.length));
    }

    @ParameterizedTest
    @FieldSource("LAYERS")
    void aRowEndsWhereItsLengthSays(LayerSpec spec) {
        Random random = new Random(8);
        for (int length = 1; length <= STEPS; length++) {
            float[] x = new float[STEPS * FEATURES];
            for (int i = 0; i < x.length; i++) {
                // Few values, so that some are equal; what lies beyond the end is greater than all.
                x[i] = i < length * FEATURES ? random.nextInt(4) / 3f - 1 : 9;
            }
            float[] dy = {0.5f, -0.25f, -0f};
            Result whole = run(spec, Arrays.copyOf(x, length * FEATURES), dy, null);
            Result part = run(spec, x, dy, length);
            assertThat(part.y()).as("%d steps", length).isEqualTo(whole.y());
            assertThat(part.dx()).isEqualTo(Arrays.copyOf(whole.dx(), x.length));
        }
    }

    @ParameterizedTest
    @FieldSource("LAYERS")
    void aRowWithoutStepsGivesZero(LayerSpec spec) {
        float[] x = new float[STEPS * FEATURES];
        Arrays.fill(x, 2);
        Result empty = run(spec, x, new float[] {1, 1, 1}, 0);
        assertThat(empty.y()).containsOnly(0f);
        assertThat(empty.dx()).containsOnly(0f);
    }
}
