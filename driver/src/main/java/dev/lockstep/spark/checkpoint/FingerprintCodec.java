package dev.lockstep.spark.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Fingerprints as bytes, big-endian: the number of settings, then for each its key, a byte for the type and the value.
 * A text is its length in bytes and its UTF-8; a double its raw bits, since decimal numbers are not written alike by
 * every JDK.
 */
final class FingerprintCodec {
    private static final int LONG = 1;
    private static final int DOUBLE = 2;
    private static final int BOOLEAN = 3;
    private static final int TEXT = 4;

    private FingerprintCodec() {}

    static byte[] encode(JobFingerprint fingerprint) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(fingerprint.settings().size());
            for (Map.Entry<String, Object> setting : fingerprint.settings().entrySet()) {
                writeText(setting.getKey(), out);
                writeValue(setting.getValue(), out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an array is written without input or output", e);
        }
        return bytes.toByteArray();
    }

    private static void writeValue(Object value, DataOutputStream out) throws IOException {
        if (value instanceof Long number) {
            out.writeByte(LONG);
            out.writeLong(number);
        } else if (value instanceof Double number) {
            out.writeByte(DOUBLE);
            out.writeLong(Double.doubleToLongBits(number));
        } else if (value instanceof Boolean truth) {
            out.writeByte(BOOLEAN);
            out.writeByte(truth ? 1 : 0);
        } else {
            out.writeByte(TEXT);
            writeText((String) value, out);
        }
    }

    private static void writeText(String text, DataOutputStream out) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if the bytes are anything else
     */
    static JobFingerprint decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            Map<String, Object> settings = new LinkedHashMap<>();
            int count = in.getInt();
            for (int i = 0; i < count; i++) {
                settings.put(readText(in), readValue(in));
            }
            if (in.hasRemaining()) {
                throw new IllegalArgumentException(
                        "expected the end at byte " + in.position() + ", got " + in.remaining() + " more bytes");
            }
            return new JobFingerprint(settings);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the bytes end inside a setting: " + bytes.length, e);
        }
    }

    private static Object readValue(ByteBuffer in) {
        byte type = in.get();
        return switch (type) {
            case LONG -> in.getLong();
            case DOUBLE -> Double.longBitsToDouble(in.getLong());
            case BOOLEAN -> in.get() != 0;
            case TEXT -> readText(in);
            default ->
                throw new IllegalArgumentException("expected a type from " + LONG + " to " + TEXT + " before byte "
                        + in.position() + ", got " + type);
        };
    }

    private static String readText(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("expected a text of at most " + in.remaining() + " bytes before byte "
                    + in.position() + ", got " + length);
        }
        byte[] utf8 = new byte[length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
