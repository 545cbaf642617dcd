package dev.lockstep.nn.io;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Writes the safetensors format, with float tensors only: 8 bytes with the header's length (little-endian), the header
 * in JSON, padded with spaces so that the data begin at a multiple of 8, then the tensors' little-endian bytes, without
 * gaps, in the order of the header. Equal tensors give equal bytes. {@link SafeTensorsReader} reads it.
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public final class SafeTensors {
    /** The header's key for free text. */
    static final String METADATA = "__metadata__";
    /** The one element type that Lockstep writes and reads. */
    static final String FLOAT = "F32";
    /** Length of the field with the header's length. */
    static final int PREFIX = Long.BYTES;

    private SafeTensors() {}

    /**
     * Writes a file.
     *
     * @param out written to, not closed
     * @param tensors in the order in which their bytes will lie
     * @param metadata free text by key, written in the map's order; may be empty
     */
    public static void write(OutputStream out, List<NamedTensor> tensors, Map<String, String> metadata)
            throws IOException {
        byte[] header = header(tensors, metadata);
        out.write(ByteBuffer.allocate(PREFIX)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.write(header);
        for (NamedTensor tensor : tensors) {
            LittleEndian.write(tensor.array(), tensor.offset(), tensor.shape().size(), out);
        }
    }

    private static byte[] header(List<NamedTensor> tensors, Map<String, String> metadata) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        ObjectNode header = nodes.objectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = header.putObject(METADATA);
            metadata.forEach(texts::put);
        }
        long begin = 0;
        for (NamedTensor tensor : tensors) {
            if (tensor.name().equals(METADATA) || header.has(tensor.name())) {
                throw new IllegalArgumentException("two entries of a file are called " + tensor.name());
            }
            long end = begin + (long) Float.BYTES * tensor.shape().size();
            ObjectNode entry = header.putObject(tensor.name());
            entry.put("dtype", FLOAT);
            Arrays.stream(tensor.shape().toArray()).forEach(entry.putArray("shape")::add);
            entry.putArray("data_offsets").add(begin).add(end);
            begin = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + 7) / 8 * 8;
        byte[] bytes = Arrays.copyOf(json, padded);
        Arrays.fill(bytes, json.length, padded, (byte) ' ');
        return bytes;
    }
}
