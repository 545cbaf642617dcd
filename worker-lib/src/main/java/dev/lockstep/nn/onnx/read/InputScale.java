package dev.lockstep.nn.onnx.read;

import dev.lockstep.nn.data.Scaling;

/** What a graph does to its input before the first layer, {@code a x + b}, collected operator by operator. */
final class InputScale {
    private double[] factor = {1};
    private double[] addend = {0};

    /** Multiplies by one number, or one for each place. */
    void multiply(double[] by) {
        factor = combined(factor, by, (x, y) -> x * y);
        addend = combined(addend, by, (x, y) -> x * y);
    }

    void add(double[] what) {
        addend = combined(addend, what, Double::sum);
    }

    private interface Binary {
        double of(double x, double y);
    }

    private static double[] combined(double[] left, double[] right, Binary operation) {
        int length = Math.max(left.length, right.length);
        if (left.length != length && left.length != 1 || right.length != length && right.length != 1) {
            throw new IllegalArgumentException(
                    "scales the input by " + left.length + " numbers, then by " + right.length);
        }
        double[] all = new double[length];
        for (int i = 0; i < length; i++) {
            all[i] = operation.of(left[left.length == 1 ? 0 : i], right[right.length == 1 ? 0 : i]);
        }
        return all;
    }

    /** {@code (x - mean) / std}. */
    Scaling scaling() {
        int length = Math.max(factor.length, addend.length);
        float[] mean = new float[length];
        float[] std = new float[length];
        boolean any = false;
        for (int i = 0; i < length; i++) {
            double a = factor[factor.length == 1 ? 0 : i];
            double b = addend[addend.length == 1 ? 0 : i];
            std[i] = (float) (1 / a);
            mean[i] = (float) (-b / a);
            any |= a != 1 || b != 0;
        }
        return any ? new Scaling(mean, std) : Scaling.NONE;
    }
}
