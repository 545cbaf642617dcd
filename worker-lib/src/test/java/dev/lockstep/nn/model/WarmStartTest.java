package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.param.ParameterRange;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmStartTest {
    private static Network network(int inputs, int hidden, int outputs, int ensemble) {
        List<LayerSpec> layers = List.of(new Dense(5), new BatchNorm(), new Dense(hidden), new Dense(outputs));
        return Network.bind(new ModelSpec(layers, new CrossEntropy(), null, null, null, ensemble), Shape.of(inputs));
    }

    /** Other numbers than any that a network begins with. */
    private static Parameters numbers(Network network) {
        float[] theta = new float[network.parameterCount()];
        float[] buffers = new float[network.bufferCount()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = 1000 + i;
        }
        for (int i = 0; i < theta.length; i++) {
            theta[i] = 100 + i;
        }
        return new Parameters(theta, buffers);
    }

    private static float[] of(Network network, float[] theta, String tensor) {
        ParameterRange range = network.parameters().stream()
                .filter(candidate -> candidate.name().equals(tensor))
                .findFirst()
                .orElseThrow();
        return Arrays.copyOfRange(theta, range.offset(), range.end());
    }

    @Test
    void layersOfTheSameNameAndShapesAreTakenAsAWhole() {
        Network trained = network(3, 4, 2, 1);
        Network other = network(3, 4, 6, 1);
        Parameters learned = numbers(trained);
        Parameters begin = other.initialize(7);
        WarmStart start = new WarmStart(other, trained, learned, layer -> null);
        assertThat(start.taken()).containsExactly("dense_1", "batchNorm_1", "dense_2");
        assertThat(start.left()).containsExactly("dense_3 (weight [4, 2] there, weight [4, 6] here)");
        float[] seeded = begin.theta().clone();
        start.copyInto(begin);
        for (String tensor : List.of("dense_1.weight", "dense_1.bias", "batchNorm_1.gain", "dense_2.bias")) {
            assertThat(of(other, begin.theta(), tensor)).isEqualTo(of(trained, learned.theta(), tensor));
        }
        assertThat(of(other, begin.theta(), "dense_3.weight")).isEqualTo(of(other, seeded, "dense_3.weight"));
        assertThat(begin.buffers()).isEqualTo(learned.buffers());
    }

    @Test
    void aBiasAloneIsNotALayer() {
        WarmStart start =
                new WarmStart(network(2, 4, 2, 1), network(3, 4, 2, 1), numbers(network(3, 4, 2, 1)), layer -> null);
        assertThat(start.taken()).containsExactly("batchNorm_1", "dense_2", "dense_3");
        assertThat(start.left()).containsExactly("dense_1 (weight [3, 5] there, weight [2, 5] here)");
    }

    @Test
    void objectionsAreReasons() {
        Network network = network(3, 4, 2, 1);
        WarmStart start = new WarmStart(
                network, network, numbers(network), layer -> layer.startsWith("dense") ? "not wanted" : null);
        assertThat(start.taken()).containsExactly("batchNorm_1");
        assertThat(start.left())
                .containsExactly("dense_1 (not wanted)", "dense_2 (not wanted)", "dense_3 (not wanted)");
    }

    @Test
    void anEnsembleTakesWhatIsThere() {
        Network ensemble = network(3, 4, 2, 2);
        Network trained = network(3, 4, 2, 1);
        WarmStart start = new WarmStart(ensemble, trained, numbers(trained), layer -> null);
        assertThat(start.taken()).containsExactly("dense_1", "batchNorm_1", "dense_2", "dense_3");
        assertThat(start.left())
                .containsExactly(
                        "dense_4 (not there)", "batchNorm_2 (not there)", "dense_5 (not there)", "dense_6 (not there)");
        assertThat(WarmStart.outputLayers(ensemble)).containsExactly("dense_3", "dense_6");
        assertThat(WarmStart.outputLayers(trained)).containsExactly("dense_3");
    }
}
