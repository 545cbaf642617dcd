package dev.lockstep.nn.kernel;

/**
 * The operations that make gradients shorter: floats of 16 bits, rounded to nearest with ties to even, and the elements
 * of greatest magnitude.
 *
 * <p>Bfloat16 has the range of float and 8 bits of precision: 1 sign, 8 exponent and 7 fraction bits. Float16 (binary16
 * of IEEE 754) has 11 bits of precision, 1 sign, 5 exponent and 10 fraction bits, subnormal numbers down to 2^-24, and
 * nothing finite above 65,504. Zeros keep their sign, what is too great becomes infinite, and every NaN becomes the
 * same one.
 */
public interface CompressionKernels {
    /** How many ints {@link #keepGreatest} needs to count in. */
    int COUNTS = 2048;

    /** {@code x = the nearest bfloat16}; x is accumulated into. */
    void roundBfloat16(float[] x, int xOffset, int length);

    /** {@code y = the bits of the nearest bfloat16}; x is read, y overwritten. */
    void toBfloat16(float[] x, int xOffset, short[] y, int yOffset, int length);

    /** {@code y = the bfloat16 with these bits}, exactly; x is read, y overwritten. */
    void fromBfloat16(short[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code x = the nearest float16}; x is accumulated into. */
    void roundFloat16(float[] x, int xOffset, int length);

    /** {@code y = the bits of the nearest float16}; x is read, y overwritten. */
    void toFloat16(float[] x, int xOffset, short[] y, int yOffset, int length);

    /** {@code y = the float16 with these bits}, exactly; x is read, y overwritten. */
    void fromFloat16(short[] x, int xOffset, float[] y, int yOffset, int length);

    /**
     * Divides a sum into the elements that matter most and the rest: with {@code s = x + rest}, the {@code keep}
     * elements of s of greatest magnitude that are not zero go to x, all others to rest; where an element is not, there
     * is +0. Of equal magnitudes those with the lower index come first; a NaN is greater than any number.
     *
     * @param keep how many elements to keep, at least 1
     * @param x accumulated into
     * @param rest accumulated into
     * @param counts overwritten: {@value #COUNTS} ints of scratch memory
     */
    void keepGreatest(int keep, float[] x, int xOffset, float[] rest, int restOffset, int length, int[] counts);
}
