package dev.lockstep.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.SafeTensorsReader;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** State dicts that PyTorch and the safetensors library wrote predict what PyTorch did. */
class TorchFilesTest {
    private static byte[] read(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(TorchFilesTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private static float[] floats(JsonNode numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers.get(i).asDouble();
        }
        return floats;
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "images-bfloat16", "images-float16", "text", "signals", "wide"})
    void predictsWhatPyTorchDoes(String name) throws IOException {
        JsonNode recorded = SpecMapper.json().readTree(read(name + ".json"));
        byte[] file = read(name + ".safetensors");
        Map<String, String> modules = new LinkedHashMap<>();
        JsonNode map = recorded.get("modules");
        map.fieldNames()
                .forEachRemaining(layer -> modules.put(layer, map.get(layer).asText()));
        JsonNode network = SpecMapper.json()
                .createObjectNode()
                .put("loss", "meanSquaredError")
                .set("layers", recorded.get("layers"));
        int[] shape = new int[recorded.get("input").size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = recorded.get("input").get(i).asInt();
        }

        TorchImport.Imported imported = TorchImport.of(
                SafeTensorsReader.ofAnyType(new ByteArrayInputStream(file), file.length, name),
                SpecMapper.bind(network, ModelSpec.class, "model"),
                Shape.of(shape),
                modules,
                List.of());

        assertThat(imported.unused()).isEmpty();
        float[] x = floats(recorded.get("x"));
        int count = recorded.get("rows").asInt();
        List<float[]> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            int width = x.length / count;
            rows.add(Arrays.copyOfRange(x, row * width, (row + 1) * width));
        }
        Tensor predicted = imported.model().predictor(count).predict(rows);
        float[] expected = floats(recorded.get("y"));
        assertThat(predicted.shape().size() * count).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) predicted.array()[predicted.offset() + i])
                    .as("output %d", i)
                    .isEqualTo(expected[i], within(1e-5));
        }
    }
}
