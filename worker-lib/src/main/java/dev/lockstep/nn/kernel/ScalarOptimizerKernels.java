package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;

/**
 * {@link OptimizerKernels}, one element at a time. The vector twin leaves what remains of a range to the methods that
 * begin at an element.
 */
class ScalarOptimizerKernels implements OptimizerKernels {
    @Override
    public void sgd(UpdateStep step, Vector theta, Vector grad) {
        sgd(0, step, theta, grad);
    }

    @Override
    public void momentum(UpdateStep step, float mu, Vector theta, Vector grad, Matrix state) {
        momentum(0, step, mu, theta, grad, state);
    }

    @Override
    public void nesterov(UpdateStep step, float mu, Vector theta, Vector grad, Matrix state) {
        nesterov(0, step, mu, theta, grad, state);
    }

    @Override
    public void adam(AdamStep step, Vector theta, Vector grad, Matrix state) {
        adam(0, step, theta, grad, state);
    }

    @Override
    public void adamDirection(AdamStep step, Vector theta, Vector grad, Matrix state) {
        adamDirection(0, step, theta, grad, state);
    }

    @Override
    public void adagrad(UpdateStep step, float epsilon, Vector theta, Vector grad, Matrix state) {
        adagrad(0, step, epsilon, theta, grad, state);
    }

    @Override
    public final void rmsProp(RmsPropStep step, Vector theta, Vector grad, Matrix state) {
        if (step.mu() == 0f) {
            rmsPropPlain(step, theta, grad, state);
        } else {
            rmsPropMomentum(step, theta, grad, state);
        }
    }

    /** {@link #rmsProp} without momentum. */
    void rmsPropPlain(RmsPropStep step, Vector theta, Vector grad, Matrix state) {
        rmsPropPlain(0, step, theta, grad, state);
    }

    /** {@link #rmsProp} with momentum. */
    void rmsPropMomentum(RmsPropStep step, Vector theta, Vector grad, Matrix state) {
        rmsPropMomentum(0, step, theta, grad, state);
    }

    static void sgd(int from, UpdateStep step, Vector theta, Vector grad) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        for (int i = from; i < theta.length(); i++) {
            int at = theta.offset() + i;
            float old = parameters[at];
            float g = effective(gradients[grad.offset() + i], old, step);
            parameters[at] = Math.fma(-step.learningRate(), g, old);
        }
    }

    static void momentum(int from, UpdateStep step, float mu, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        for (int i = from; i < theta.length(); i++) {
            int at = theta.offset() + i;
            int v = state.offset() + i;
            float old = parameters[at];
            float g = effective(gradients[grad.offset() + i], old, step);
            float velocity = Math.fma(mu, slots[v], g);
            slots[v] = velocity;
            parameters[at] = Math.fma(-step.learningRate(), velocity, old);
        }
    }

    static void nesterov(int from, UpdateStep step, float mu, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        for (int i = from; i < theta.length(); i++) {
            int at = theta.offset() + i;
            int v = state.offset() + i;
            float old = parameters[at];
            float g = effective(gradients[grad.offset() + i], old, step);
            float velocity = Math.fma(mu, slots[v], g);
            slots[v] = velocity;
            parameters[at] = Math.fma(-step.learningRate(), Math.fma(mu, velocity, g), old);
        }
    }

    static void adam(int from, AdamStep step, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float learningRate = step.update().learningRate();
        for (int i = from; i < theta.length(); i++) {
            int at = theta.offset() + i;
            float d = adamDirectionAt(i, step, theta, grad, state);
            parameters[at] = Math.fma(-learningRate, d, parameters[at]);
        }
    }

    static void adamDirection(int from, AdamStep step, Vector theta, Vector grad, Matrix state) {
        float[] gradients = grad.array();
        for (int i = from; i < theta.length(); i++) {
            gradients[grad.offset() + i] = adamDirectionAt(i, step, theta, grad, state);
        }
    }

    /** Updates the moments of one element; returns its direction. */
    private static float adamDirectionAt(int i, AdamStep step, Vector theta, Vector grad, Matrix state) {
        float[] slots = state.array();
        int m = state.offset() + i;
        int v = m + state.stride();
        float old = theta.array()[theta.offset() + i];
        float g = effective(grad.array()[grad.offset() + i], old, step.update());
        float first = Math.fma(step.beta1(), slots[m], (1f - step.beta1()) * g);
        float second = Math.fma(step.beta2(), slots[v], (1f - step.beta2()) * (g * g));
        slots[m] = first;
        slots[v] = second;
        float d = first * step.firstCorrection() / (squareRoot(second * step.secondCorrection()) + step.epsilon());
        return step.weightDecay() == 0f ? d : Math.fma(step.weightDecay(), old, d);
    }

    static void adagrad(int from, UpdateStep step, float epsilon, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        for (int i = from; i < theta.length(); i++) {
            int at = theta.offset() + i;
            int v = state.offset() + i;
            float old = parameters[at];
            float g = effective(gradients[grad.offset() + i], old, step);
            float second = Math.fma(g, g, slots[v]);
            slots[v] = second;
            parameters[at] = Math.fma(-step.learningRate(), g / (squareRoot(second) + epsilon), old);
        }
    }

    static void rmsPropPlain(int from, RmsPropStep step, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float learningRate = step.update().learningRate();
        for (int i = from; i < theta.length(); i++) {
            int at = theta.offset() + i;
            float d = rmsPropDirectionAt(i, step, theta, grad, state);
            parameters[at] = Math.fma(-learningRate, d, parameters[at]);
        }
    }

    static void rmsPropMomentum(int from, RmsPropStep step, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] slots = state.array();
        float learningRate = step.update().learningRate();
        for (int i = from; i < theta.length(); i++) {
            int at = theta.offset() + i;
            int b = state.offset() + state.stride() + i;
            float velocity = Math.fma(step.mu(), slots[b], rmsPropDirectionAt(i, step, theta, grad, state));
            slots[b] = velocity;
            parameters[at] = Math.fma(-learningRate, velocity, parameters[at]);
        }
    }

    /** Updates the mean square of one element; returns its direction without momentum. */
    private static float rmsPropDirectionAt(int i, RmsPropStep step, Vector theta, Vector grad, Matrix state) {
        float[] slots = state.array();
        int v = state.offset() + i;
        float old = theta.array()[theta.offset() + i];
        float g = effective(grad.array()[grad.offset() + i], old, step.update());
        float second = Math.fma(step.rho(), slots[v], (1f - step.rho()) * (g * g));
        slots[v] = second;
        return g / (squareRoot(second) + step.epsilon());
    }

    @Override
    public final void boundedGradient(float gradientScale, float bound, float l1, Vector theta, Vector grad) {
        float[] gradients = grad.array();
        for (int i = 0; i < theta.length(); i++) {
            int at = grad.offset() + i;
            float g = gradients[at] * gradientScale;
            g = g < -bound ? -bound : g;
            g = g > bound ? bound : g;
            float parameter = theta.array()[theta.offset() + i];
            float penalty = parameter > 0f ? l1 : 0f;
            penalty = parameter < 0f ? -l1 : penalty;
            gradients[at] = l1 == 0f ? g : g + penalty;
        }
    }

    /** The effective gradient. */
    private static float effective(float grad, float theta, UpdateStep step) {
        float scaled = grad * step.gradientScale();
        return step.l2() == 0f ? scaled : Math.fma(step.l2(), theta, scaled);
    }

    /** The root of the double rounded to float is the correctly rounded root of the float. */
    private static float squareRoot(float x) {
        return (float) Math.sqrt(x);
    }
}
