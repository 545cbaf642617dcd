package dev.lockstep.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.io.SafeTensorsReader;
import dev.lockstep.nn.layer.BatchNorm;
import dev.lockstep.nn.layer.Conv2d;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Extent;
import dev.lockstep.nn.layer.Flatten;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.Variational;
import dev.lockstep.nn.loss.MeanSquaredError;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Safetensors files made byte by byte: what is taken from them, and what is refused and why. */
class TorchImportTest {
    /** A file with tensors of floats, one {@code name[shape]} each, whose numbers count 1, 2, 3, ... */
    private static byte[] file(String... tensors) {
        List<String> entries = new ArrayList<>();
        int numbers = 0;
        for (String tensor : tensors) {
            int open = tensor.indexOf('[');
            String shape = tensor.substring(open);
            int size = Arrays.stream(shape.substring(1, shape.length() - 1).split(","))
                    .mapToInt(Integer::parseInt)
                    .reduce(1, Math::multiplyExact);
            entries.add("\"" + tensor.substring(0, open) + "\":{\"dtype\":\"F32\",\"shape\":" + shape
                    + ",\"data_offsets\":[" + 4 * numbers + "," + 4 * (numbers + size) + "]}");
            numbers += size;
        }
        ByteBuffer data = ByteBuffer.allocate(4 * numbers).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 1; i <= numbers; i++) {
            data.putFloat(i);
        }
        return file("{" + String.join(",", entries) + "}", data.array());
    }

    private static byte[] file(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }

    private static TorchImport.Imported read(byte[] file, Shape input, Map<String, String> modules, LayerSpec... layers)
            throws IOException {
        SafeTensorsReader reader =
                SafeTensorsReader.ofAnyType(new ByteArrayInputStream(file), file.length, "a.safetensors");
        ModelSpec spec = new ModelSpec(List.of(layers), new MeanSquaredError());
        return TorchImport.of(reader, spec, input, modules, List.of());
    }

    private static void refused(
            String message, byte[] file, Shape input, Map<String, String> modules, LayerSpec layer) {
        assertThatThrownBy(() -> read(file, input, modules, layer)).hasMessageContaining(message);
    }

    @Test
    void aLinearLayerIsTransposed() throws IOException {
        TorchImport.Imported imported =
                read(file("fc.weight[2,3]", "fc.bias[2]", "other.x[1]"), Shape.of(3), Map.of("dense_1", "fc"), dense());
        assertThat(imported.model().parameters().theta()).containsExactly(1, 4, 2, 5, 3, 6, 7, 8);
        assertThat(imported.unused()).containsExactly("other.x");
    }

    private static Dense dense() {
        return new Dense(2);
    }

    /** PyTorch flattens [channels, height, width], Lockstep [height, width, channels]. */
    @Test
    void behindAFlattenedImageTheInputsChangePlaces() throws IOException {
        float[] theta = read(
                        file("dense_1.weight[1,4]", "dense_1.bias[1]"),
                        Shape.of(1, 2, 2),
                        Map.of(),
                        new Flatten(),
                        new Dense(1))
                .model()
                .parameters()
                .theta();
        assertThat(theta).containsExactly(1, 3, 2, 4, 5);
    }

    @Test
    void aConvolutionsKernelHasItsChannelsLast() throws IOException {
        float[] theta = read(
                        file("c.weight[1,2,1,2]", "c.bias[1]"),
                        Shape.of(1, 2, 2),
                        Map.of("conv2d_1", "c"),
                        new Conv2d(1, new Extent(1, 2), null, null, null, null, null, null, null))
                .model()
                .parameters()
                .theta();
        assertThat(theta).containsExactly(1, 3, 2, 4, 5);
    }

    @Test
    void runningStatisticsLieSideBySide() throws IOException {
        byte[] file =
                file("n.weight[2]", "n.bias[2]", "n.running_mean[2]", "n.running_var[2]", "n.num_batches_tracked[1]");
        TorchImport.Imported imported = read(file, Shape.of(2), Map.of("batchNorm_1", "n"), new BatchNorm());
        assertThat(imported.model().parameters().theta()).containsExactly(1, 2, 3, 4);
        assertThat(imported.model().parameters().buffers()).containsExactly(5, 7, 6, 8);
        assertThat(imported.unused()).isEmpty();
    }

    @Test
    void bothBiasesOfAGateAreAdded() throws IOException {
        byte[] file = file("r.weight_ih_l1[4,1]", "r.weight_hh_l1[4,1]", "r.bias_ih_l1[4]", "r.bias_hh_l1[4]");
        float[] theta = read(file, Shape.of(3, 1), Map.of("lstm_1", "r:1"), new Lstm(1, false))
                .model()
                .parameters()
                .theta();
        assertThat(theta).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 22, 24, 26, 28);
    }

    @Test
    void eachElementTypeIsRead() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putDouble(-2).putShort((short) 0x3c00).putShort((short) 0x8001);
        data.putShort((short) 0x4049).putShort((short) 0xbf80);
        String header = "{\"a.weight\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
                + "\"b\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[16,20]},"
                + "\"c\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[20,24]}}";
        byte[] file = file(header, data.array());
        List<String> read = new ArrayList<>();
        SafeTensorsReader.ofAnyType(new ByteArrayInputStream(file), file.length, "a")
                .read(Set.of("a.weight", "b", "c"), (name, values) -> read.add(name + Arrays.toString(values)));
        assertThat(read).containsExactly("a.weight[0.1, -2.0]", "b[1.0, " + -0x1p-24f + "]", "c[3.140625, -1.0]");
    }

    @Test
    void whatDoesNotFitIsNamed() {
        Map<String, String> names = Map.of("dense_1", "fc");
        Shape three = Shape.of(3);
        refused(
                "dense_1: the file has no tensor \"fc.bias\"; expected the layer's module under names, one of [fc]",
                file("fc.weight[2,3]"),
                three,
                names,
                dense());
        refused(
                "dense_1: expected [2, 3] for tensor \"fc.weight\", got [3, 2]",
                file("fc.weight[3,2]", "fc.bias[2]"),
                three,
                names,
                dense());
        refused(
                "names: \"dense_7\" is no layer with numbers; expected one of [dense_1]",
                file("dense_1.weight[2,3]", "dense_1.bias[2]"),
                three,
                Map.of("dense_7", "fc"),
                dense());
        refused(
                "tensor \"fc.bias\" [2] has no place in the layer that its module is",
                file("fc.weight[2,3]", "fc.bias[2]"),
                three,
                names,
                new Dense(2, null, false, null));
        refused(
                "variationalDense_1: PyTorch has no module of this kind",
                file("fc.weight[2,3]"),
                three,
                Map.of(),
                new Variational(dense()));
    }

    @Test
    void brokenFilesAreRefused() {
        Map<String, String> names = Map.of("dense_1", "fc");
        byte[] whole = file("fc.weight[2,3]", "fc.bias[2]");
        refused(
                "the file has 28 after the header",
                Arrays.copyOf(whole, whole.length - 4),
                Shape.of(3),
                names,
                dense());
        refused(
                "expected a header of 2 to",
                Arrays.copyOf(new byte[] {-1, -1, -1, -1, -1, -1, -1, 127}, 40),
                Shape.of(3),
                names,
                dense());
        refused(
                "tensor \"fc.weight\": expected dtype one of [F64, F32, ",
                changed(whole, "\"F32\"", "\"F33\""),
                Shape.of(3),
                names,
                dense());
        refused("(overlap)", changed(whole, "[24,32]", "[16,24]"), Shape.of(3), names, dense());
        refused("data_offsets", changed(whole, "[24,32]", "[24,99]"), Shape.of(3), names, dense());
        byte[] infinite = whole.clone();
        ByteBuffer.wrap(infinite).order(ByteOrder.LITTLE_ENDIAN).putFloat(whole.length - 4, Float.NaN);
        refused("tensor \"fc.bias\": expected finite numbers, got NaN", infinite, Shape.of(3), names, dense());
        String integers = "{\"fc.weight\":{\"dtype\":\"I32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}}";
        assertThatThrownBy(() -> read(file(integers, new byte[32]), Shape.of(3), names, dense()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("tensor \"fc.weight\": expected floating-point numbers, got I32");
    }

    private static byte[] changed(byte[] file, String from, String to) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(from);
        return text.replaceFirst(Pattern.quote(from), to).getBytes(StandardCharsets.ISO_8859_1);
    }
}
