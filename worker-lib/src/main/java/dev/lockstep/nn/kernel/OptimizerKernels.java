package dev.lockstep.nn.kernel;

/**
 * The update rules of the optimisers: one pass over a range of one parameter tensor, element by element, so that a
 * slice gets the same bits as the whole.
 *
 * <p>In each rule the effective gradient is {@code g = grad * gradientScale}, or, if {@code l2} is not 0, {@code g =
 * fma(l2, theta, grad * gradientScale)}. The caller's {@code gradientScale} is 1 / (total weight) times the clipping
 * factor, rounded once to float. {@code theta} is always accumulated into, {@code grad} read, state accumulated into.
 */
public interface OptimizerKernels {
    /** {@code theta = fma(-learningRate, g, theta)}. */
    void sgd(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            int length,
            float gradientScale,
            float l2,
            float learningRate);

    /** {@code v = fma(mu, v, g); theta = fma(-learningRate, v, theta)}. */
    void momentum(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            float[] v,
            int vOffset,
            int length,
            float gradientScale,
            float l2,
            float learningRate,
            float mu);

    /** {@code v = fma(mu, v, g); theta = fma(-learningRate, fma(mu, v, g), theta)}. */
    void nesterov(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            float[] v,
            int vOffset,
            int length,
            float gradientScale,
            float l2,
            float learningRate,
            float mu);

    /**
     * Adam (Kingma and Ba 2015), and AdamW (Loshchilov and Hutter 2019) if {@code weightDecay} is not 0:
     *
     * <pre>{@code
     * m = fma(beta1, m, (1 - beta1) * g)
     * v = fma(beta2, v, (1 - beta2) * (g * g))
     * d = (m * firstCorrection) / (sqrt(v * secondCorrection) + epsilon)
     * d = fma(weightDecay, theta, d)                     only if weightDecay != 0
     * theta = fma(-learningRate, d, theta)
     * }</pre>
     *
     * @param firstCorrection {@code 1 / (1 - beta1^t)} rounded to float, t counted from 1
     * @param secondCorrection {@code 1 / (1 - beta2^t)} rounded to float
     */
    void adam(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset,
            int length,
            float gradientScale,
            float l2,
            float learningRate,
            float beta1,
            float beta2,
            float epsilon,
            float firstCorrection,
            float secondCorrection,
            float weightDecay);

    /**
     * {@code v = fma(g, g, v); theta = fma(-learningRate, g / (sqrt(v) + epsilon), theta)} (Duchi, Hazan, Singer 2011).
     */
    void adagrad(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            float[] v,
            int vOffset,
            int length,
            float gradientScale,
            float l2,
            float learningRate,
            float epsilon);

    /**
     * {@code v = fma(rho, v, (1 - rho) * (g * g)); theta = fma(-learningRate, g / (sqrt(v) + epsilon), theta)}
     * (Tieleman and Hinton 2012).
     */
    void rmsProp(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            float[] v,
            int vOffset,
            int length,
            float gradientScale,
            float l2,
            float learningRate,
            float rho,
            float epsilon);

    /**
     * RMSProp with momentum: {@code v} as in {@link #rmsProp}, {@code b = fma(mu, b, g / (sqrt(v) + epsilon)); theta =
     * fma(-learningRate, b, theta)}.
     */
    void rmsPropMomentum(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            float[] v,
            int vOffset,
            float[] b,
            int bOffset,
            int length,
            float gradientScale,
            float l2,
            float learningRate,
            float rho,
            float epsilon,
            float mu);

    /**
     * The direction {@code d} of {@link #adam} without the step along it, for rules that scale it by its norm first.
     * Here {@code theta} is read and {@code grad} overwritten with {@code d}.
     */
    void adamDirection(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            float[] m,
            int mOffset,
            float[] v,
            int vOffset,
            int length,
            float gradientScale,
            float l2,
            float beta1,
            float beta2,
            float epsilon,
            float firstCorrection,
            float secondCorrection,
            float weightDecay);

    /**
     * Materialises the gradient of the mean loss with an L1 penalty: {@code grad = clamp(grad * gradientScale) + l1 *
     * sign(theta)}, clamped to {@code +-bound}, the sign of 0 being 0.
     *
     * @param bound greatest magnitude before the penalty; infinity for none
     * @param l1 0 for none: then nothing is added
     */
    void boundedGradient(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            int length,
            float gradientScale,
            float bound,
            float l1);
}
