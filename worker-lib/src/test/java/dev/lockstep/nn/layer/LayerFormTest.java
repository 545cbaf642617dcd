package dev.lockstep.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.lockstep.nn.param.ParameterLayout;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How layers are written in job and model files. */
class LayerFormTest {
    private static LayerSpec read(String json) throws JsonProcessingException {
        return SpecMapper.json().readValue(json.replace('\'', '"'), LayerSpec.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'conv2d': {'filters': 8, 'kernel': 3}}",
                "{'conv2d': {'filters': 8, 'kernel': [3, 5], 'stride': [2, 1], 'padding': 'same', 'dilation': 2,"
                        + " 'groups': 4, 'activation': {'leakyRelu': 0.2},"
                        + " 'bias': false, 'initializer': 'orthogonal'}}",
                "{'conv1d': {'filters': 8, 'kernel': 3, 'stride': 2, 'padding': 'same', 'activation': 'gelu'}}",
                "{'maxPool2d': 2}",
                "{'maxPool2d': [2, 3]}",
                "{'averagePool2d': {'size': 3, 'stride': 2, 'padding': 'same'}}",
                "{'maxPool1d': {'size': 3, 'stride': 2}}",
                "{'averagePool1d': 4}",
                "'globalAveragePool'",
                "'globalMaxPool'",
                "'batchNorm'",
                "{'batchNorm': {'momentum': 0.99, 'epsilon': 0.001, 'statistics': 'shard', 'activation': 'relu'}}",
                "'layerNorm'",
                "{'groupNorm': {'groups': 4, 'epsilon': 0.001}}",
                "{'columns': ['photo', 'area']}",
                "{'columns': {'names': ['photo'], 'features': 9, 'parts': [{'at': 1, 'size': 4}], 'shape': [2, 2]}}",
                "{'residual': [{'conv2d': {'filters': 3, 'kernel': 3, 'padding': 'same'}}, 'batchNorm', 'relu']}",
                "{'residual': {'layers': [{'dense': 4}], 'shortcut': [{'dense': 4}, {'dropout': 0.1}]}}",
                "{'concat': [[], [{'dense': 4}, 'elu'], ['silu', 'softplus']]}"
            })
    void whatIsReadIsWrittenAndReadAgain(String json) throws JsonProcessingException {
        LayerSpec layer = read(json);
        assertThat(read(SpecMapper.json().writeValueAsString(layer))).isEqualTo(layer);
    }

    @Test
    void keysMeanWhatTheySay() throws JsonProcessingException {
        assertThat(read("{'conv2d': {'filters': 8, 'kernel': [3, 5], 'stride': 2, 'padding': 'same', 'groups': 2}}"))
                .isEqualTo(new Conv2d(8, new Extent(3, 5), Extent.of(2), Padding.SAME, null, 2, null, null, null));
        assertThat(read("{'maxPool2d': {'size': 3, 'stride': [2, 1]}}"))
                .isEqualTo(new MaxPool2d(Extent.of(3), new Extent(2, 1), Padding.VALID));
        assertThat(read("{'concat': {'branches': [[], ['relu']]}}"))
                .isEqualTo(new Concat(List.of(List.of(), List.of(new Activation.Relu()))));
    }

    @Test
    void errorsNameThePlaceAndBothValues() {
        assertThatThrownBy(() -> read("{'conv2d': {'filters': 8, 'kernel': [3, 0]}}"))
                .hasMessageContaining("conv2d.kernel: expected at least 1, got [3, 0]");
        assertThatThrownBy(() -> read("{'conv2d': {'filters': 8}}")).hasMessageContaining("kernel");
        assertThatThrownBy(() -> bind(new Conv2d(8, 5, Padding.VALID, null), Shape.of(4, 9, 1)))
                .hasMessage("conv2d_1: a window that spans 5 does not fit into an input of length 4"
                        + " (input [4, 9, 1], padding valid)");
        assertThatThrownBy(() -> bind(new Conv2d(8, 5, Padding.VALID, null), Shape.of(784)))
                .hasMessage("conv2d_1: expected input [height, width, channels], got [784]");
        assertThatThrownBy(() ->
                        bind(new Conv2d(8, Extent.of(1), null, null, null, 3, null, null, null), Shape.of(4, 4, 6)))
                .hasMessage("conv2d_1: expected channels and filters that 3 groups divide, got input [4, 4, 6] and 8"
                        + " filters");
        assertThatThrownBy(() -> bind(new Residual(List.of(new Dense(3)), null), Shape.of(4)))
                .hasMessage("residual_1: expected a shortcut of the layers' output [3], got [4]");
        assertThatThrownBy(() -> bind(new Concat(List.of(List.of(), List.of(new MaxPool2d(2)))), Shape.of(4, 4, 1)))
                .hasMessage(
                        "concat_1: expected branches that differ in the last axis only, got [4, 4, 1] and [2, 2, 1]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'dense': {'units': 3, 'activation': 'meanAndVariance'}}",
                "{'conv2d': {'filters': 3, 'kernel': 1, 'activation': 'meanAndVariance'}}",
                "{'conv1d': {'filters': 3, 'kernel': 1, 'activation': 'meanAndVariance'}}",
                "{'variationalDense': {'units': 3, 'activation': 'meanAndVariance'}}",
                "{'variationalConv2d': {'filters': 3, 'kernel': 1, 'activation': 'meanAndVariance'}}",
                "{'batchNorm': {'activation': 'meanAndVariance'}}",
                "'meanAndVariance'"
            })
    void aMeanHasAVariance(String json) throws JsonProcessingException {
        LayerSpec layer = read(json);
        Shape input = json.contains("2d") ? Shape.of(2, 2, 3) : Shape.of(2, 3);
        assertThatThrownBy(() -> bind(layer, input))
                .hasMessageMatching(
                        "\\w+_1: expected an even number of values for meanAndVariance, a mean and a variance"
                                + " each, got \\[2, (2, )?3\\]");
    }

    private static void bind(LayerSpec layer, Shape input) {
        layer.bind(input, new ParameterLayout());
    }
}
