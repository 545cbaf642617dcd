package dev.lockstep.nn.kernel;

/**
 * Activation functions and their derivatives, element by element. A forward function reads x and overwrites y, which
 * may be x. A backward function turns dy, the gradient by the output, into the gradient by the input; it reads its
 * other arrays.
 *
 * <p>The values are those of {@link ScalarMath}, where the errors are stated.
 */
public interface Activations {
    /** {@code y = x < 0 ? +0 : x}: NaN stays NaN and -0 stays -0. */
    void relu(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code dy = y > 0 ? dy : +0}; reads the output y (or the input, which has the same signs). */
    void reluBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length);

    /** {@code y = x < 0 ? alpha * x : x}. */
    void leakyRelu(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code dy = x > 0 ? dy : alpha * dy}; reads the input x. */
    void leakyReluBackward(float alpha, float[] x, int xOffset, float[] dy, int dyOffset, int length);

    /** {@code y = x < 0 ? alpha * expm1(x) : x}. */
    void elu(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code dy = x > 0 ? dy : dy * (alpha * exp(x))}; reads the input x. */
    void eluBackward(float alpha, float[] x, int xOffset, float[] dy, int dyOffset, int length);

    /** {@code y = 1 / (1 + exp(-x))}. */
    void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code dy = dy * (y * (1 - y))}; reads the output y. */
    void sigmoidBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length);

    /** {@code y = tanh(x)}. */
    void tanh(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code dy = dy * fma(-y, y, 1)}; reads the output y. */
    void tanhBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length);

    /** {@code h = 0.5 x; y = fma(h, erf(x / sqrt 2), h)}: the exact (error function) form of GELU. */
    void gelu(float[] x, int xOffset, float[] y, int yOffset, int length);

    /**
     * {@code dy = dy * fma(x, density, cdf)} with {@code cdf = fma(0.5, erf(x / sqrt 2), 0.5)} and {@code density = (1
     * / sqrt(2 pi)) * exp(-0.5 x * x)}; reads the input x.
     */
    void geluBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length);

    /** {@code y = x * sigmoid(x)}. */
    void silu(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code s = sigmoid(x); dy = dy * (s * fma(x, 1 - s, 1))}; reads the input x. */
    void siluBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length);

    /** {@code y = log(1 + exp(x))}. */
    void softplus(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code dy = dy * sigmoid(x)}; reads the input x. */
    void softplusBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length);

    /** {@code y = x / (1 + |x|)}; NaN for an infinite x. */
    void softsign(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code s = 1 - |y|; dy = dy * (s * s)}; reads the output y. */
    void softsignBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length);

    /** {@code y = exp(x)}. */
    void exp(float[] x, int xOffset, float[] y, int yOffset, int length);

    /** {@code y = log(x)}. */
    void log(float[] x, int xOffset, float[] y, int yOffset, int length);
}
