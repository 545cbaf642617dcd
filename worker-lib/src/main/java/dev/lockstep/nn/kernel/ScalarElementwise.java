package dev.lockstep.nn.kernel;

/** {@link Elementwise}, one element at a time. The vector twin inherits these methods for what remains of a range. */
public class ScalarElementwise implements Elementwise {
    @Override
    public void fill(float[] x, int xOffset, int length, float value) {
        for (int i = 0; i < length; i++) {
            x[xOffset + i] = value;
        }
    }

    @Override
    public final void add(float[] x, int xOffset, float[] y, int yOffset, int length) {
        add(y, yOffset, x, xOffset, y, yOffset, length);
    }

    @Override
    public void add(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length) {
        for (int i = 0; i < length; i++) {
            z[zOffset + i] = x[xOffset + i] + y[yOffset + i];
        }
    }

    @Override
    public void subtract(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length) {
        for (int i = 0; i < length; i++) {
            z[zOffset + i] = x[xOffset + i] - y[yOffset + i];
        }
    }

    @Override
    public void multiply(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length) {
        for (int i = 0; i < length; i++) {
            z[zOffset + i] = x[xOffset + i] * y[yOffset + i];
        }
    }

    @Override
    public void multiplyAdd(float[] x, int xOffset, float[] y, int yOffset, float[] z, int zOffset, int length) {
        for (int i = 0; i < length; i++) {
            z[zOffset + i] = Math.fma(x[xOffset + i], y[yOffset + i], z[zOffset + i]);
        }
    }

    @Override
    public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = Math.fma(alpha, x[xOffset + i], y[yOffset + i]);
        }
    }

    @Override
    public void scale(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = alpha * x[xOffset + i];
        }
    }

    @Override
    public void mergeMean(float[] a, int aOffset, float[] b, int bOffset, int length, float weight) {
        for (int i = 0; i < length; i++) {
            float v = a[aOffset + i];
            a[aOffset + i] = Math.fma(b[bOffset + i] - v, weight, v);
        }
    }

    @Override
    public int firstNonFinite(float[] x, int xOffset, int length) {
        for (int i = 0; i < length; i++) {
            if (!Float.isFinite(x[xOffset + i])) {
                return i;
            }
        }
        return -1;
    }
}
