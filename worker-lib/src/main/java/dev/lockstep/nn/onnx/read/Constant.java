package dev.lockstep.nn.onnx.read;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A tensor of numbers in a file: floats, or whole numbers. Arrays are not copied. */
final class Constant {
    private final int[] sizes;
    private final float[] floats;
    private final long[] integers;

    private Constant(int[] sizes, float[] floats, long[] integers) {
        this.sizes = sizes;
        this.floats = floats;
        this.integers = integers;
        int expected = Arrays.stream(sizes).reduce(1, Math::multiplyExact);
        int got = Math.max(floats.length, integers.length);
        if (got != expected) {
            throw new IllegalArgumentException(
                    "expected " + expected + " numbers of a shape " + Arrays.toString(sizes) + ", got " + got);
        }
    }

    static Constant of(float[] floats, int... sizes) {
        return new Constant(sizes, floats, new long[0]);
    }

    static Constant of(long[] integers, int... sizes) {
        return new Constant(sizes, new float[0], integers);
    }

    /**
     * Reads a tensor.
     *
     * @throws IllegalArgumentException if it is of another type, lies in another file, or is not complete
     */
    static Constant of(TensorProto tensor) {
        int[] sizes = tensor.getDimsList().stream().mapToInt(Math::toIntExact).toArray();
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            throw new IllegalArgumentException("its numbers lie in another file; save the model as one file");
        }
        TensorProto.DataType type = TensorProto.DataType.forNumber(tensor.getDataType());
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        boolean isRaw = tensor.hasRawData() && raw.remaining() > 0;
        if (type == TensorProto.DataType.FLOAT) {
            return of(isRaw ? rawFloats(raw) : floats(tensor), sizes);
        }
        if (type == TensorProto.DataType.DOUBLE) {
            return of(isRaw ? rawDoubles(raw) : doubles(tensor), sizes);
        }
        if (type == TensorProto.DataType.INT64) {
            return of(
                    isRaw
                            ? rawLongs(raw)
                            : tensor.getInt64DataList().stream()
                                    .mapToLong(Long::longValue)
                                    .toArray(),
                    sizes);
        }
        if (type == TensorProto.DataType.INT32 || type == TensorProto.DataType.BOOL) {
            return of(
                    isRaw
                            ? rawInts(raw, type == TensorProto.DataType.BOOL)
                            : tensor.getInt32DataList().stream()
                                    .mapToLong(Integer::longValue)
                                    .toArray(),
                    sizes);
        }
        throw new IllegalArgumentException("expected floats or whole numbers, got type " + type);
    }

    private static float[] rawFloats(ByteBuffer raw) {
        float[] values = new float[raw.remaining() / Float.BYTES];
        raw.asFloatBuffer().get(values);
        return values;
    }

    private static float[] floats(TensorProto tensor) {
        float[] values = new float[tensor.getFloatDataCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.getFloatData(i);
        }
        return values;
    }

    private static float[] rawDoubles(ByteBuffer raw) {
        float[] values = new float[raw.remaining() / Double.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) raw.getDouble();
        }
        return values;
    }

    private static float[] doubles(TensorProto tensor) {
        float[] values = new float[tensor.getDoubleDataCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) tensor.getDoubleData(i);
        }
        return values;
    }

    private static long[] rawLongs(ByteBuffer raw) {
        long[] values = new long[raw.remaining() / Long.BYTES];
        raw.asLongBuffer().get(values);
        return values;
    }

    private static long[] rawInts(ByteBuffer raw, boolean bytes) {
        long[] values = new long[raw.remaining() / (bytes ? 1 : Integer.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes ? raw.get() : raw.getInt();
        }
        return values;
    }

    int[] sizes() {
        return sizes;
    }

    int rank() {
        return sizes.length;
    }

    /** How many numbers. */
    int count() {
        return Math.max(floats.length, integers.length);
    }

    boolean isInteger() {
        return integers.length > 0;
    }

    /** The numbers as floats. */
    float[] floats() {
        if (!isInteger()) {
            return floats;
        }
        float[] values = new float[integers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = integers[i];
        }
        return values;
    }

    /** The numbers as whole ones. */
    long[] integers() {
        if (isInteger()) {
            return integers;
        }
        long[] values = new long[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) floats[i];
        }
        return values;
    }

    boolean isZero() {
        for (float value : floats()) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is one number, whatever its rank. */
    boolean isOne(double value) {
        return count() == 1 && Math.abs(floats()[0] - value) <= 1e-6 * Math.abs(value);
    }

    /** The same numbers in another shape. */
    Constant reshaped(int... other) {
        return new Constant(other, floats, integers);
    }

    /** With axes in another order. */
    Constant transposed(long[] order) {
        int[] turnedSizes = new int[order.length];
        int[] strides = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            turnedSizes[i] = sizes[(int) order[i]];
            int stride = 1;
            for (int j = (int) order[i] + 1; j < sizes.length; j++) {
                stride *= sizes[j];
            }
            strides[i] = stride;
        }
        float[] from = floats();
        float[] to = new float[from.length];
        int[] at = new int[order.length];
        int source = 0;
        for (int i = 0; i < to.length; i++) {
            to[i] = from[source];
            for (int axis = order.length - 1; axis >= 0; axis--) {
                source += strides[axis];
                if (++at[axis] < turnedSizes[axis]) {
                    break;
                }
                source -= strides[axis] * turnedSizes[axis];
                at[axis] = 0;
            }
        }
        return of(to, turnedSizes);
    }
}
