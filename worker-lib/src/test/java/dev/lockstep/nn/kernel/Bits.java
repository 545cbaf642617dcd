package dev.lockstep.nn.kernel;

/** Equality of floating-point numbers in bits: zeros differ by sign, NaN equals NaN. */
final class Bits {
    private Bits() {}

    /** Fails at the first element that differs. */
    static void assertSame(String what, float[] actual, float[] expected) {
        for (int i = 0; i < expected.length; i++) {
            if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
                throw different(what, i, actual[i], expected[i]);
            }
        }
    }

    /** Fails at the first element that differs. */
    static void assertSame(String what, double[] actual, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            if (Double.doubleToLongBits(actual[i]) != Double.doubleToLongBits(expected[i])) {
                throw different(what, i, actual[i], expected[i]);
            }
        }
    }

    private static AssertionError different(String what, int i, Number actual, Number expected) {
        return new AssertionError(Seeds.replay(what + ": element " + i + " is " + actual + ", expected " + expected));
    }
}
