package dev.lockstep.nn.kernel;

import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.Vector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link OptimizerKernels} on vectors; what remains of a range is left to the scalar twin. */
final class SimdOptimizerKernels extends ScalarOptimizerKernels {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    @Override
    public void sgd(UpdateStep step, Vector theta, Vector grad) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        int t = theta.offset();
        int g = grad.offset();
        int bound = F.loopBound(theta.length());
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(parameters, t + i);
            FloatVector effective = effective(load(gradients, g + i), old, step);
            FloatVector.broadcast(F, -step.learningRate()).fma(effective, old).intoArray(parameters, t + i);
        }
        sgd(bound, step, theta, grad);
    }

    @Override
    public void momentum(UpdateStep step, float mu, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        int t = theta.offset();
        int g = grad.offset();
        int v = state.offset();
        int bound = F.loopBound(theta.length());
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(parameters, t + i);
            FloatVector effective = effective(load(gradients, g + i), old, step);
            FloatVector velocity = FloatVector.broadcast(F, mu).fma(load(slots, v + i), effective);
            velocity.intoArray(slots, v + i);
            FloatVector.broadcast(F, -step.learningRate()).fma(velocity, old).intoArray(parameters, t + i);
        }
        momentum(bound, step, mu, theta, grad, state);
    }

    @Override
    public void nesterov(UpdateStep step, float mu, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        int t = theta.offset();
        int g = grad.offset();
        int v = state.offset();
        int bound = F.loopBound(theta.length());
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(parameters, t + i);
            FloatVector effective = effective(load(gradients, g + i), old, step);
            FloatVector factor = FloatVector.broadcast(F, mu);
            FloatVector velocity = factor.fma(load(slots, v + i), effective);
            velocity.intoArray(slots, v + i);
            FloatVector.broadcast(F, -step.learningRate())
                    .fma(factor.fma(velocity, effective), old)
                    .intoArray(parameters, t + i);
        }
        nesterov(bound, step, mu, theta, grad, state);
    }

    @Override
    public void adam(AdamStep step, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        int t = theta.offset();
        int g = grad.offset();
        int m = state.offset();
        int v = m + state.stride();
        int bound = F.loopBound(theta.length());
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(parameters, t + i);
            FloatVector effective = effective(load(gradients, g + i), old, step.update());
            FloatVector first = firstMoment(load(slots, m + i), effective, step);
            FloatVector second = secondMoment(load(slots, v + i), effective, step.beta2());
            first.intoArray(slots, m + i);
            second.intoArray(slots, v + i);
            FloatVector d = direction(first, second, old, step);
            FloatVector.broadcast(F, -step.update().learningRate()).fma(d, old).intoArray(parameters, t + i);
        }
        adam(bound, step, theta, grad, state);
    }

    @Override
    public void adamDirection(AdamStep step, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        int t = theta.offset();
        int g = grad.offset();
        int m = state.offset();
        int v = m + state.stride();
        int bound = F.loopBound(theta.length());
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(parameters, t + i);
            FloatVector effective = effective(load(gradients, g + i), old, step.update());
            FloatVector first = firstMoment(load(slots, m + i), effective, step);
            FloatVector second = secondMoment(load(slots, v + i), effective, step.beta2());
            first.intoArray(slots, m + i);
            second.intoArray(slots, v + i);
            direction(first, second, old, step).intoArray(gradients, g + i);
        }
        adamDirection(bound, step, theta, grad, state);
    }

    private static FloatVector firstMoment(FloatVector m, FloatVector g, AdamStep step) {
        return FloatVector.broadcast(F, step.beta1()).fma(m, g.mul(1f - step.beta1()));
    }

    /** {@code fma(decay, v, (1 - decay) * (g * g))}. */
    private static FloatVector secondMoment(FloatVector v, FloatVector g, float decay) {
        return FloatVector.broadcast(F, decay).fma(v, g.mul(g).mul(1f - decay));
    }

    /** Adam's direction; with and without decay, because a choice between vectors must not be a branch. */
    private static FloatVector direction(FloatVector first, FloatVector second, FloatVector theta, AdamStep step) {
        FloatVector d = first.mul(step.firstCorrection())
                .div(second.mul(step.secondCorrection()).sqrt().add(step.epsilon()));
        FloatVector decay = FloatVector.broadcast(F, step.weightDecay());
        return d.blend(decay.fma(theta, d), decay.compare(VectorOperators.NE, 0f));
    }

    @Override
    public void adagrad(UpdateStep step, float epsilon, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        int t = theta.offset();
        int g = grad.offset();
        int v = state.offset();
        int bound = F.loopBound(theta.length());
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(parameters, t + i);
            FloatVector effective = effective(load(gradients, g + i), old, step);
            FloatVector second = effective.fma(effective, load(slots, v + i));
            second.intoArray(slots, v + i);
            FloatVector d = effective.div(second.sqrt().add(epsilon));
            FloatVector.broadcast(F, -step.learningRate()).fma(d, old).intoArray(parameters, t + i);
        }
        adagrad(bound, step, epsilon, theta, grad, state);
    }

    @Override
    void rmsPropPlain(RmsPropStep step, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        int t = theta.offset();
        int g = grad.offset();
        int v = state.offset();
        int bound = F.loopBound(theta.length());
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(parameters, t + i);
            FloatVector effective = effective(load(gradients, g + i), old, step.update());
            FloatVector second = secondMoment(load(slots, v + i), effective, step.rho());
            second.intoArray(slots, v + i);
            FloatVector d = effective.div(second.sqrt().add(step.epsilon()));
            FloatVector.broadcast(F, -step.update().learningRate()).fma(d, old).intoArray(parameters, t + i);
        }
        rmsPropPlain(bound, step, theta, grad, state);
    }

    @Override
    void rmsPropMomentum(RmsPropStep step, Vector theta, Vector grad, Matrix state) {
        float[] parameters = theta.array();
        float[] gradients = grad.array();
        float[] slots = state.array();
        int t = theta.offset();
        int g = grad.offset();
        int v = state.offset();
        int b = v + state.stride();
        int bound = F.loopBound(theta.length());
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(parameters, t + i);
            FloatVector effective = effective(load(gradients, g + i), old, step.update());
            FloatVector second = secondMoment(load(slots, v + i), effective, step.rho());
            second.intoArray(slots, v + i);
            FloatVector d = effective.div(second.sqrt().add(step.epsilon()));
            FloatVector velocity = FloatVector.broadcast(F, step.mu()).fma(load(slots, b + i), d);
            velocity.intoArray(slots, b + i);
            FloatVector.broadcast(F, -step.update().learningRate())
                    .fma(velocity, old)
                    .intoArray(parameters, t + i);
        }
        rmsPropMomentum(bound, step, theta, grad, state);
    }

    /** The effective gradient. Both forms are computed, because a choice between vectors must not be a branch. */
    private static FloatVector effective(FloatVector grad, FloatVector theta, UpdateStep step) {
        FloatVector scaled = grad.mul(step.gradientScale());
        FloatVector factor = FloatVector.broadcast(F, step.l2());
        return scaled.blend(factor.fma(theta, scaled), factor.compare(VectorOperators.NE, 0f));
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F, x, at);
    }
}
