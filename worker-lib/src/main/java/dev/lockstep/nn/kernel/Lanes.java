package dev.lockstep.nn.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one vector shape of this JVM. Every vector class takes its species from here into a static final field of its
 * own: the compiler needs them as constants, and two widths in one JVM would spoil each other's compiled code.
 */
public final class Lanes {
    static final VectorShape SHAPE = shape();
    public static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);
    static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SHAPE);

    /** As many shorts as there are floats, in half a vector. */
    static final VectorSpecies<Short> HALF_SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));

    private Lanes() {}

    private static VectorShape shape() {
        int preferred = Math.min(
                Math.min(FloatVector.SPECIES_PREFERRED.vectorBitSize(), IntVector.SPECIES_PREFERRED.vectorBitSize()),
                DoubleVector.SPECIES_PREFERRED.vectorBitSize());
        int widest = Math.min(preferred, 512);
        String asked = System.getProperty(Kernels.BITS_PROPERTY);
        return VectorShape.forBitSize(asked == null ? Math.max(widest, 128) : bits(asked));
    }

    /** The width that {@link Kernels#BITS_PROPERTY} asks for. */
    static int bits(String asked) {
        return switch (asked) {
            case "128", "256", "512" -> Integer.parseInt(asked);
            default ->
                throw new IllegalArgumentException(
                        "system property " + Kernels.BITS_PROPERTY + ": expected 128, 256 or 512, got " + asked);
        };
    }
}
