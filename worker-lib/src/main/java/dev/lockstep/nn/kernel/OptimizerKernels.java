package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * The update rules of the optimisers: one pass over a range of one parameter tensor, element by element, so that a
 * slice gets the same bits as the whole.
 *
 * <p>{@code g} is the gradient of {@link UpdateStep}. The parameters {@code theta [n]} are accumulated into, their
 * gradient sums {@code grad [n]} read. The rows of {@code state [slots, n]} are what a rule remembers, in the order in
 * which its formula names them; they are accumulated into.
 */
public interface OptimizerKernels {
    /** {@code theta = fma(-learningRate, g, theta)}. */
    void sgd(UpdateStep step, Vector theta, Vector grad);

    /** {@code v = fma(mu, v, g); theta = fma(-learningRate, v, theta)}, with {@code state [1, n]} holding v. */
    void momentum(UpdateStep step, float mu, Vector theta, Vector grad, Matrix state);

    /**
     * {@code v = fma(mu, v, g); theta = fma(-learningRate, fma(mu, v, g), theta)}, with {@code state [1, n]} holding v.
     */
    void nesterov(UpdateStep step, float mu, Vector theta, Vector grad, Matrix state);

    /**
     * Adam (Kingma and Ba 2015), and AdamW (Loshchilov and Hutter 2019) if {@code weightDecay} is not 0, with
     * {@code state [2, n]}:
     *
     * <pre>{@code
     * m = fma(beta1, m, (1 - beta1) * g)
     * v = fma(beta2, v, (1 - beta2) * (g * g))
     * d = (m * firstCorrection) / (sqrt(v * secondCorrection) + epsilon)
     * d = fma(weightDecay, theta, d)                     only if weightDecay != 0
     * theta = fma(-learningRate, d, theta)
     * }</pre>
     */
    void adam(AdamStep step, Vector theta, Vector grad, Matrix state);

    /**
     * The direction {@code d} of {@link #adam} without the step along it, for rules that scale it by its norm first.
     * Here {@code theta} is read and {@code grad} overwritten with {@code d}.
     */
    void adamDirection(AdamStep step, Vector theta, Vector grad, Matrix state);

    /**
     * {@code v = fma(g, g, v); theta = fma(-learningRate, g / (sqrt(v) + epsilon), theta)} (Duchi, Hazan, Singer 2011),
     * with {@code state [1, n]}.
     */
    void adagrad(UpdateStep step, float epsilon, Vector theta, Vector grad, Matrix state);

    /**
     * RMSProp (Tieleman and Hinton 2012), with {@code state [1, n]}, or [2, n] if {@code mu} is not 0:
     *
     * <pre>{@code
     * v = fma(rho, v, (1 - rho) * (g * g))
     * d = g / (sqrt(v) + epsilon)
     * b = fma(mu, b, d); d = b                           only if mu != 0
     * theta = fma(-learningRate, d, theta)
     * }</pre>
     */
    void rmsProp(RmsPropStep step, Vector theta, Vector grad, Matrix state);

    /**
     * Materialises the gradient of the mean loss with an L1 penalty: {@code grad = clamp(grad * gradientScale) + l1 *
     * sign(theta)}, clamped to {@code +-bound}, the sign of 0 being 0. Here {@code theta} is read and {@code grad}
     * overwritten.
     *
     * @param bound greatest magnitude before the penalty; infinity for none
     * @param l1 0 for none: then nothing is added
     */
    void boundedGradient(float gradientScale, float bound, float l1, Vector theta, Vector grad);
}
