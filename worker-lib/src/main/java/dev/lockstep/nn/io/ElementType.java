package dev.lockstep.nn.io;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What the elements of a tensor in a safetensors file are. */
enum ElementType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    U64(8),
    I32(4),
    U32(4),
    I16(2),
    U16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private static final int SIGN = 0x8000;
    private static final int FRACTION_BITS = 10;
    private static final int FRACTION = (1 << FRACTION_BITS) - 1;
    private static final int EXPONENT = 0x1f;
    /** From the exponent of a half to that of a float. */
    private static final int REBIAS = 127 - 15;
    /** The least half above 0. */
    private static final float LEAST = 0x1p-24f;

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** The type of this name; null if there is none. */
    static @Nullable ElementType of(@Nullable String name) {
        for (ElementType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return null;
    }

    /** Bytes of an element. */
    int bytes() {
        return bytes;
    }

    /** Whether elements are floating-point numbers. */
    boolean isFloat() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /**
     * Reads floating-point numbers; those of 64 bits are rounded.
     *
     * @param from in the order of the file
     * @param values overwritten
     */
    void read(ByteBuffer from, float[] values, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            values[i] = switch (this) {
                case F64 -> (float) from.getDouble();
                case F32 -> from.getFloat();
                case F16 -> half(from.getShort());
                case BF16 -> Float.intBitsToFloat(from.getShort() << Short.SIZE);
                default -> throw new IllegalArgumentException(this + " is no floating-point number");
            };
        }
    }

    private static float half(short bits) {
        int exponent = bits >> FRACTION_BITS & EXPONENT;
        int fraction = bits & FRACTION;
        if (exponent == 0) {
            float value = (float) fraction * LEAST;
            return (bits & SIGN) == 0 ? value : -value;
        }
        int wide = exponent == EXPONENT ? 0xff : exponent + REBIAS;
        return Float.intBitsToFloat((bits & SIGN) << 16 | wide << 23 | fraction << 23 - FRACTION_BITS);
    }
}
