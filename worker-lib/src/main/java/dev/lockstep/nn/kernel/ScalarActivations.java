package dev.lockstep.nn.kernel;

/** {@link Activations}, one element at a time. The vector twin inherits these methods for what remains of a range. */
public class ScalarActivations implements Activations {
    @Override
    public void relu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v < 0f ? 0f : v;
        }
    }

    @Override
    public void reluBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            dy[dyOffset + i] = y[yOffset + i] > 0f ? dy[dyOffset + i] : 0f;
        }
    }

    @Override
    public void leakyRelu(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v < 0f ? alpha * v : v;
        }
    }

    @Override
    public void leakyReluBackward(float alpha, float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            float d = dy[dyOffset + i];
            dy[dyOffset + i] = x[xOffset + i] > 0f ? d : alpha * d;
        }
    }

    @Override
    public void elu(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v < 0f ? alpha * ScalarMath.expm1(v) : v;
        }
    }

    @Override
    public void eluBackward(float alpha, float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            float d = dy[dyOffset + i];
            dy[dyOffset + i] = v > 0f ? d : d * (alpha * ScalarMath.exp(v));
        }
    }

    @Override
    public void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = ScalarMath.sigmoid(x[xOffset + i]);
        }
    }

    @Override
    public void sigmoidBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = y[yOffset + i];
            dy[dyOffset + i] = dy[dyOffset + i] * (v * (1f - v));
        }
    }

    @Override
    public void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = ScalarMath.tanh(x[xOffset + i]);
        }
    }

    @Override
    public void tanhBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = y[yOffset + i];
            dy[dyOffset + i] = dy[dyOffset + i] * Math.fma(-v, v, 1f);
        }
    }

    @Override
    public void gelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            float h = 0.5f * v;
            y[yOffset + i] = Math.fma(h, ScalarMath.erf(v * ScalarMath.SQRT_HALF), h);
        }
    }

    @Override
    public void geluBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            float cdf = Math.fma(0.5f, ScalarMath.erf(v * ScalarMath.SQRT_HALF), 0.5f);
            float density = ScalarMath.INVERSE_SQRT_TWO_PI * ScalarMath.exp(-0.5f * v * v);
            dy[dyOffset + i] = dy[dyOffset + i] * Math.fma(v, density, cdf);
        }
    }

    @Override
    public void silu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v * ScalarMath.sigmoid(v);
        }
    }

    @Override
    public void siluBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            float s = ScalarMath.sigmoid(v);
            dy[dyOffset + i] = dy[dyOffset + i] * (s * Math.fma(v, 1f - s, 1f));
        }
    }

    @Override
    public void softplus(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = ScalarMath.softplus(x[xOffset + i]);
        }
    }

    @Override
    public void softplusBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            dy[dyOffset + i] = dy[dyOffset + i] * ScalarMath.sigmoid(x[xOffset + i]);
        }
    }

    @Override
    public void softsign(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            float v = x[xOffset + i];
            y[yOffset + i] = v / (1f + Math.abs(v));
        }
    }

    @Override
    public void softsignBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        for (int i = 0; i < length; i++) {
            float s = 1f - Math.abs(y[yOffset + i]);
            dy[dyOffset + i] = dy[dyOffset + i] * (s * s);
        }
    }

    @Override
    public void exp(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = ScalarMath.exp(x[xOffset + i]);
        }
    }

    @Override
    public void log(float[] x, int xOffset, float[] y, int yOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] = ScalarMath.log(x[xOffset + i]);
        }
    }
}
