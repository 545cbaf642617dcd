package dev.lockstep.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SafeTensorsTest {
    private static final String ENTRY = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private static SafeTensorsReader open(byte[] file) throws IOException {
        return new SafeTensorsReader(new ByteArrayInputStream(file), file.length, "w.safetensors");
    }

    private static void fails(byte[] file, String message) {
        assertThatThrownBy(() -> open(file)).isInstanceOf(ModelException.class).hasMessage("w.safetensors: " + message);
    }

    private static void fails(String header, int dataBytes, String message) {
        fails(file(header, dataBytes), message);
    }

    private static byte[] write(List<NamedTensor> tensors, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafeTensors.write(out, tensors, metadata);
        return out.toByteArray();
    }

    /** The bytes are written out by hand after the format's description. */
    @Test
    void goldenBytes() throws IOException {
        float[] values = {9f, 1f, -2f, 0.5f};
        byte[] file = write(
                List.of(
                        new NamedTensor("a", Shape.of(1, 2), values, 1),
                        new NamedTensor("b.c", Shape.of(1), values, 3)),
                Map.of("format", "lockstep"));
        String header = "{\"__metadata__\":{\"format\":\"lockstep\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]},"
                + "\"b.c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
        assertThat(header).hasSize(149);
        String expected = "9800000000000000" // 152 = 149 padded to a multiple of 8
                + HexFormat.of().formatHex((header + "   ").getBytes(StandardCharsets.US_ASCII))
                + "0000803f" // 1
                + "000000c0" // -2
                + "0000003f"; // 0.5
        assertThat(HexFormat.of().formatHex(file)).isEqualTo(expected);
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        float[] values = new float[100_003];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(i * 0x9E3779B1);
        }
        byte[] file = write(
                List.of(
                        new NamedTensor("x", Shape.of(70_000), values, 0),
                        new NamedTensor("\u00fcml\"aut", Shape.of(3, 10_001), values, 70_000)),
                Map.of());
        SafeTensorsReader reader = open(file);
        assertThat(reader.metadata()).isEmpty();
        assertThat(reader.shapes()).containsEntry("x", Shape.of(70_000)).hasSize(2);
        float[] back = new float[values.length];
        reader.read(List.of(
                new NamedTensor("\u00fcml\"aut", Shape.of(3, 10_001), back, 70_000),
                new NamedTensor("x", Shape.of(70_000), back, 0)));
        for (int i = 0; i < values.length; i++) {
            assertThat(Float.floatToRawIntBits(back[i])).isEqualTo(Float.floatToRawIntBits(values[i]));
        }
        assertThat(write(List.of(), Map.of())).hasSize(16);
        assertThat(open(write(List.of(), Map.of())).shapes()).isEmpty();
        assertThat(open(file("{\"__metadata__\":{\"a\":\"b\"},\"t\":" + ENTRY + "}  ", 8))
                        .metadata())
                .isEqualTo(Map.of("a", "b"));
    }

    @Test
    void tensorsMustBeThoseOfTheNetwork() throws IOException {
        byte[] file = file("{\"t\":" + ENTRY + "}", 8);
        float[] into = new float[4];
        assertThatThrownBy(() -> open(file).read(List.of(new NamedTensor("u", Shape.of(2), into, 0))))
                .hasMessage("w.safetensors: tensor \"t\" of shape [2] is not part of the network");
        assertThatThrownBy(() -> open(file).read(List.of(new NamedTensor("t", Shape.of(1, 2), into, 0))))
                .hasMessage("w.safetensors: tensor \"t\": the network expects [1, 2], the file has [2]");
        assertThatThrownBy(() -> open(file)
                        .read(List.of(
                                new NamedTensor("t", Shape.of(2), into, 0),
                                new NamedTensor("u", Shape.of(2), into, 2))))
                .hasMessage("w.safetensors: tensor \"u\" of shape [2] is missing");
    }

    @Test
    void twoTensorsOfOneName() {
        NamedTensor tensor = new NamedTensor("t", Shape.of(1), new float[1], 0);
        assertThatThrownBy(() -> write(List.of(tensor, tensor), Map.of()))
                .hasMessage("two entries of a file are called t");
    }

    @Test
    void damagedPrefix() throws IOException {
        byte[] whole = file("{\"t\":" + ENTRY + "}", 8);
        fails(new byte[0], "expected at least 8 bytes, the file has 0");
        fails(Arrays.copyOf(whole, 7), "expected at least 8 bytes, the file has 7");
        fails(
                Arrays.copyOf(whole, 30),
                "the header says that it has " + (whole.length - 16) + " bytes, the file has 30");
        byte[] huge = whole.clone();
        huge[7] = (byte) 0x80;
        fails(huge, "expected a header of 2 to 100000000 bytes, got 9223372036854775862");
        byte[] large = whole.clone();
        large[3] = 5;
        fails(large, "the header says that it has 83886134 bytes, the file has " + whole.length);
        // The length of the file was told wrong, as when it shrinks while being read.
        assertThatThrownBy(() -> new SafeTensorsReader(new ByteArrayInputStream(whole, 0, 20), whole.length, "w"))
                .hasMessage("w: the file ends after 12 of the header's 54 bytes");
    }

    @Test
    void damagedHeader() {
        fails(" {}", 0, "expected the header to begin with '{', got byte 32");
        fails("{\"t\":" + ENTRY + ",\"t\":" + ENTRY + "}", 8, "the header is not JSON: Duplicate field 't'");
        assertThatThrownBy(() -> open(file("{\"t\":", 8))).hasMessageContaining("the header is not JSON: ");
        assertThatThrownBy(() -> open(file("{} {}", 0))).hasMessageContaining("the header is not JSON: ");
        assertThatThrownBy(() -> open(file("{\"t\":" + "[".repeat(5000) + "]".repeat(5000) + "}", 8)))
                .hasMessageContaining("the header is not JSON: ")
                .hasMessageContaining("depth");
        fails("{\"__metadata__\":[]}", 0, "expected __metadata__ to be a map of texts, got ARRAY");
        fails("{\"__metadata__\":{\"a\":1}}", 0, "expected __metadata__.a to be a text, got 1");
        fails("{\"t\":5}", 0, "tensor \"t\": expected the keys [data_offsets, dtype, shape], got []");
        fails(
                "{\"t\":{\"dtype\":\"F32\",\"shape\":[]}}",
                0,
                "tensor \"t\": expected the keys [data_offsets, dtype, shape], got [dtype, shape]");
    }

    @Test
    void otherTypesAndShapes() {
        fails("{\"t\":" + ENTRY.replace("F32", "BF16") + "}", 8, "tensor \"t\": expected dtype \"F32\", got \"BF16\"");
        for (String shape :
                List.of("[-2]", "[0]", "[2.0]", "2", "[\"2\"]", "[4294967298]", "[9999999999999999999999]")) {
            fails(
                    "{\"t\":" + ENTRY.replace("[2]", shape) + "}",
                    8,
                    "tensor \"t\": expected a shape of at most 16 whole numbers of at least 1, got " + shape);
        }
        fails("{\"t\":" + ENTRY.replace("[2]", "[65536,65536]") + "}", 8, "tensor \"t\": too large: [65536,65536]");
        fails(
                "{\"t\":" + ENTRY.replace("[2]", "[2147483647,2147483647,2147483647]") + "}",
                8,
                "tensor \"t\": too large: [2147483647,2147483647,2147483647]");
    }

    @Test
    void wrongPlaces() {
        for (String offsets : List.of("[8,0]", "[-8,0]", "[0]", "[0,8.0]", "[0,18446744073709551616]", "{}")) {
            fails(
                    "{\"t\":" + ENTRY.replace("[0,8]", offsets) + "}",
                    8,
                    "tensor \"t\": expected data_offsets [begin, end] with 0 <= begin <= end, got " + offsets);
        }
        fails(
                "{\"t\":" + ENTRY.replace("[0,8]", "[0,12]") + "}",
                12,
                "tensor \"t\": shape [2] takes 8 bytes, data_offsets say 12");
        fails(
                "{\"t\":" + ENTRY.replace("[0,8]", "[4,12]") + "}",
                12,
                "tensor \"t\": expected to begin at byte 0 of the data, got 4 (gap)");
        fails(
                "{\"t\":" + ENTRY + ",\"u\":" + ENTRY.replace("[0,8]", "[4,12]") + "}",
                12,
                "tensor \"u\": expected to begin at byte 8 of the data, got 4 (overlap)");
        fails(
                "{\"t\":" + ENTRY + ",\"u\":" + ENTRY + "}",
                8,
                "tensor \"u\": expected to begin at byte 8 of the data, got 0 (overlap)");
        fails("{\"t\":" + ENTRY + "}", 7, "the tensors take 8 bytes, the file has 7 after the header");
        fails("{\"t\":" + ENTRY + "}", 9, "the tensors take 8 bytes, the file has 9 after the header");
    }
}
