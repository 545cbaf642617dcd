package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.ParameterSlot;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers bound to their input, and where their parameters lie. */
class NetworkTest {
    private static LayerSpec layer(String json) throws Exception {
        return SpecMapper.bind(SpecMapper.json().readTree(json), LayerSpec.class, "");
    }

    @Test
    void tensorsLieBehindEachOtherInOneVector() throws Exception {
        Network network = Network.bind(
                new ModelSpec(
                        List.of(
                                new Dense(4, new Activation.Relu()),
                                layer("\"batchNorm\""),
                                layer("{\"residual\": [{\"dense\": 4}]}"),
                                new Dense(2)),
                        new CrossEntropy()),
                Shape.of(3));
        int next = 0;
        for (ParameterSlot slot : network.parameters()) {
            assertThat(slot.offset()).as(slot.name()).isEqualTo(next);
            next = slot.end();
        }
        assertThat(network.parameterCount()).isEqualTo(next).isEqualTo(3 * 4 + 4 + 2 * 4 + 4 * 4 + 4 + 4 * 2 + 2);
        assertThat(network.bufferCount()).isEqualTo(2 * 4);
        assertThat(network.parameters().stream().map(ParameterSlot::name)).doesNotHaveDuplicates();
        assertThat(network.layers()).hasSize(4);
        assertThat(network.output()).isEqualTo(Shape.of(2));
    }

    @Test
    void initialValuesFollowFromTheSeed() {
        Network network = Network.bind(new ModelSpec(List.of(new Dense(5)), new MeanSquaredError()), Shape.of(7));
        float[] theta = network.initialize(1).theta();
        assertThat(network.initialize(1).theta()).isEqualTo(theta);
        assertThat(network.initialize(2).theta()).isNotEqualTo(theta);
        assertThat(Arrays.copyOfRange(theta, 35, 40)).containsOnly(0f);
    }

    /** The last activation belongs to a loss that works from logits, however it is written. */
    @Test
    void theLossesOwnActivationIsNotALayer() {
        LayerSpec softmax = new Activation.Softmax();
        for (List<LayerSpec> layers : List.of(
                List.<LayerSpec>of(new Dense(3)),
                List.of(new Dense(3), softmax),
                List.<LayerSpec>of(new Dense(3, new Activation.Softmax())))) {
            Network network = Network.bind(new ModelSpec(layers, new CrossEntropy()), Shape.of(2));
            assertThat(network.layers()).hasSize(1);
        }
        Network kept = Network.bind(new ModelSpec(List.of(new Dense(3), softmax), new MeanSquaredError()), Shape.of(2));
        assertThat(kept.layers()).hasSize(2);
    }

    @Test
    void aLayerThatDoesNotFitIsNamedWithBothShapes() {
        ModelSpec model =
                new ModelSpec(List.of(new Residual(List.of(new Dense(5)), null), new Dense(2)), new MeanSquaredError());
        assertThatThrownBy(() -> Network.bind(model, Shape.of(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("residual")
                .hasMessageContaining("[3]")
                .hasMessageContaining("[5]");
    }
}
