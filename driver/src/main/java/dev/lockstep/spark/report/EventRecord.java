package dev.lockstep.spark.report;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record of a TensorBoard event file: an {@code Event} of TensorFlow's {@code event.proto}, framed as a TFRecord
 * (length, masked CRC-32C of the length, bytes, masked CRC-32C of the bytes; little-endian).
 */
final class EventRecord {
    private static final String VERSION = "brain.Event:2";

    // Fields of Event.
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;

    // Fields of Summary and Summary.Value.
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    private static final int HISTOGRAM = 5;
    private static final int TENSOR = 8;
    private static final int METADATA = 9;

    // Fields of TensorProto, SummaryMetadata and its PluginData.
    private static final int TYPE = 1;
    private static final int FLOAT = 1;
    private static final int STRING = 7;
    private static final int SHAPE = 2;
    private static final int DIMENSION = 2;
    private static final int SIZE = 1;
    private static final int FLOAT_VALUE = 5;
    private static final int STRING_VALUE = 8;
    private static final int PLUGIN_DATA = 1;
    private static final int PLUGIN_NAME = 1;
    private static final int PLUGIN_CONTENT = 2;

    private static final int MASK_DELTA = 0xa282ead8;

    private final byte[] event;

    private EventRecord(byte[] event) {
        this.event = event;
    }

    /** Writes fields of a message. */
    interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    /** What a file begins with. */
    static EventRecord version(double seconds) throws IOException {
        return new EventRecord(message(out -> {
            out.writeDouble(WALL_TIME, seconds);
            out.writeString(FILE_VERSION, VERSION);
        }));
    }

    /** A number at a step. */
    static EventRecord scalar(double seconds, long step, String tag, float value) throws IOException {
        return value(seconds, step, out -> {
            out.writeString(TAG, tag);
            out.writeFloat(SIMPLE_VALUE, value);
        });
    }

    /** A text at a step: a tensor without dimensions, for the text plug-in. */
    static EventRecord text(double seconds, long step, String tag, String text) throws IOException {
        return value(seconds, step, out -> {
            out.writeString(TAG, tag);
            out.writeByteArray(TENSOR, message(tensor -> {
                tensor.writeEnum(TYPE, STRING);
                tensor.writeByteArray(SHAPE, new byte[0]);
                tensor.writeByteArray(STRING_VALUE, text.getBytes(StandardCharsets.UTF_8));
            }));
            out.writeByteArray(METADATA, metadata("text", null));
        });
    }

    /** How some numbers are spread at a step. */
    static EventRecord histogram(double seconds, long step, String tag, WeightHistogram histogram) throws IOException {
        return value(seconds, step, out -> {
            out.writeString(TAG, tag);
            out.writeByteArray(HISTOGRAM, histogram.message());
        });
    }

    /** What a plug-in keeps in the metadata of an empty value. */
    static EventRecord plugin(double seconds, String tag, String name, byte[] content) throws IOException {
        return value(seconds, 0, out -> {
            out.writeString(TAG, tag);
            out.writeByteArray(TENSOR, message(tensor -> {
                tensor.writeEnum(TYPE, FLOAT);
                tensor.writeByteArray(
                        SHAPE,
                        message(shape ->
                                shape.writeByteArray(DIMENSION, message(dimension -> dimension.writeInt64(SIZE, 1)))));
                tensor.writeFloat(FLOAT_VALUE, 0);
            }));
            out.writeByteArray(METADATA, metadata(name, content));
        });
    }

    private static byte[] metadata(String name, byte @Nullable [] content) throws IOException {
        return message(metadata -> metadata.writeByteArray(PLUGIN_DATA, message(plugin -> {
            plugin.writeString(PLUGIN_NAME, name);
            if (content != null) {
                plugin.writeByteArray(PLUGIN_CONTENT, content);
            }
        })));
    }

    private static EventRecord value(double seconds, long step, Fields value) throws IOException {
        byte[] bytes = message(value);
        return new EventRecord(message(out -> {
            out.writeDouble(WALL_TIME, seconds);
            out.writeInt64(STEP, step);
            out.writeByteArray(SUMMARY, message(summary -> summary.writeByteArray(VALUE, bytes)));
        }));
    }

    /** The bytes of a message with some fields. */
    static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    /** Writes the record. */
    void writeTo(OutputStream out) throws IOException {
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(event.length)
                .array();
        out.write(length);
        out.write(checksum(length));
        out.write(event);
        out.write(checksum(event));
    }

    private static byte[] checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        int masked = Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked)
                .array();
    }
}
