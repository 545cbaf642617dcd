package dev.lockstep.nn.train;

import dev.lockstep.nn.kernel.CompressionKernels;
import dev.lockstep.nn.kernel.Kernels;
import java.nio.ByteBuffer;

/**
 * The numbers of a gradient sum, and its form in messages: as little-endian bytes, without its length. Gradients that
 * have been {@linkplain #round rounded} arrive as they were sent, bit for bit.
 */
public enum GradientFormat {
    /** Floats as they are. */
    FLOAT32 {
        @Override
        void round(float[] values, int offset, int length) {
            // Every float is one.
        }

        @Override
        public int bytes(float[] values, int offset, int length) {
            return Math.multiplyExact(length, Float.BYTES);
        }

        @Override
        public void put(ByteBuffer buffer, float[] values, int offset, int length) {
            buffer.asFloatBuffer().put(values, offset, length);
            buffer.position(buffer.position() + length * Float.BYTES);
        }

        @Override
        public void get(ByteBuffer buffer, float[] values, int offset, int length) {
            buffer.asFloatBuffer().get(values, offset, length);
            buffer.position(buffer.position() + length * Float.BYTES);
        }
    },

    /** 16 bits, the range of float; see {@link CompressionKernels}. */
    BFLOAT16 {
        @Override
        void round(float[] values, int offset, int length) {
            kernels().roundBfloat16(values, offset, length);
        }

        @Override
        public int bytes(float[] values, int offset, int length) {
            return Math.multiplyExact(length, Short.BYTES);
        }

        @Override
        public void put(ByteBuffer buffer, float[] values, int offset, int length) {
            short[] bits = new short[length];
            kernels().toBfloat16(values, offset, bits, 0, length);
            putShorts(buffer, bits);
        }

        @Override
        public void get(ByteBuffer buffer, float[] values, int offset, int length) {
            kernels().fromBfloat16(getShorts(buffer, length), 0, values, offset, length);
        }
    },

    /** 16 bits, numbers up to 65,504; see {@link CompressionKernels}. */
    FLOAT16 {
        @Override
        void round(float[] values, int offset, int length) {
            kernels().roundFloat16(values, offset, length);
        }

        @Override
        public int bytes(float[] values, int offset, int length) {
            return Math.multiplyExact(length, Short.BYTES);
        }

        @Override
        public void put(ByteBuffer buffer, float[] values, int offset, int length) {
            short[] bits = new short[length];
            kernels().toFloat16(values, offset, bits, 0, length);
            putShorts(buffer, bits);
        }

        @Override
        public void get(ByteBuffer buffer, float[] values, int offset, int length) {
            kernels().fromFloat16(getShorts(buffer, length), 0, values, offset, length);
        }
    },

    /**
     * Floats most of which are +0: how many others there are, their indices and their values; or -1 and all floats
     * where that is shorter. In memory a sparse gradient is a whole vector. To add two of them element by element is to
     * add them as sparse ones, whose absent elements are passed over: since no element is -0, {@code x + 0} is x to the
     * bit, and exactly opposite elements, which alone add up to zero, leave +0.
     */
    SPARSE {
        @Override
        void round(float[] values, int offset, int length) {
            // Sums are exact floats.
        }

        @Override
        public int bytes(float[] values, int offset, int length) {
            int present = present(values, offset, length);
            return Math.addExact(
                    Integer.BYTES, isShorter(present, length) ? present * ENTRY_BYTES : length * Float.BYTES);
        }

        @Override
        public void put(ByteBuffer buffer, float[] values, int offset, int length) {
            int present = present(values, offset, length);
            if (!isShorter(present, length)) {
                buffer.putInt(-1);
                FLOAT32.put(buffer, values, offset, length);
                return;
            }
            buffer.putInt(present);
            int index = buffer.position();
            int value = index + present * Integer.BYTES;
            buffer.position(index + present * ENTRY_BYTES);
            for (int i = 0; i < length; i++) {
                if (values[offset + i] != 0f) {
                    buffer.putInt(index, i).putFloat(value, values[offset + i]);
                    index += Integer.BYTES;
                    value += Float.BYTES;
                }
            }
        }

        @Override
        public void get(ByteBuffer buffer, float[] values, int offset, int length) {
            int present = buffer.getInt();
            if (present == -1) {
                FLOAT32.get(buffer, values, offset, length);
                return;
            }
            if (present < 0 || !isShorter(present, length)) {
                throw new IllegalArgumentException("expected at most half of " + length + " values, got " + present);
            }
            Kernels.get().elementwise().fill(values, offset, length, 0f);
            int index = buffer.position();
            int value = index + present * Integer.BYTES;
            for (int i = 0; i < present; i++) {
                int at = buffer.getInt(index + i * Integer.BYTES);
                if (at < 0 || at >= length) {
                    throw new IllegalArgumentException("expected an index below " + length + ", got " + at);
                }
                values[offset + at] = buffer.getFloat(value + i * Float.BYTES);
            }
            buffer.position(index + present * ENTRY_BYTES);
        }
    };

    private static final int ENTRY_BYTES = Integer.BYTES + Float.BYTES;

    /** Replaces values by the nearest ones that there are. */
    abstract void round(float[] values, int offset, int length);

    /** How many bytes {@link #put} writes. */
    public abstract int bytes(float[] values, int offset, int length);

    /**
     * Writes gradients and moves on behind them.
     *
     * @param buffer little-endian, in a mode to be written
     * @param values read; rounded
     */
    public abstract void put(ByteBuffer buffer, float[] values, int offset, int length);

    /**
     * Reads what {@link #put} wrote and moves on behind it.
     *
     * @param buffer little-endian
     * @param values overwritten
     * @throws RuntimeException if the bytes are anything else
     */
    public abstract void get(ByteBuffer buffer, float[] values, int offset, int length);

    private static CompressionKernels kernels() {
        return Kernels.get().compression();
    }

    private static void putShorts(ByteBuffer buffer, short[] bits) {
        buffer.asShortBuffer().put(bits);
        buffer.position(buffer.position() + bits.length * Short.BYTES);
    }

    private static short[] getShorts(ByteBuffer buffer, int length) {
        short[] bits = new short[length];
        buffer.asShortBuffer().get(bits);
        buffer.position(buffer.position() + length * Short.BYTES);
        return bits;
    }

    private static int present(float[] values, int offset, int length) {
        int present = 0;
        for (int i = 0; i < length; i++) {
            present += values[offset + i] != 0f ? 1 : 0;
        }
        return present;
    }

    private static boolean isShorter(int present, int length) {
        return (long) present * ENTRY_BYTES < (long) length * Float.BYTES;
    }
}
