package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link OptimizerKernels} on vectors; what remains of a range is left to the scalar twin. */
final class SimdOptimizerKernels extends ScalarOptimizerKernels {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    /** The effective gradient. Both forms are computed, as a choice between vectors may not be a branch. */
    private static FloatVector effective(FloatVector grad, FloatVector theta, float gradientScale, float l2) {
        FloatVector scaled = grad.mul(gradientScale);
        FloatVector factor = FloatVector.broadcast(F, l2);
        return scaled.blend(factor.fma(theta, scaled), factor.compare(VectorOperators.NE, 0f));
    }

    @Override
    public void sgd(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            int length,
            float gradientScale,
            float l2,
            float learningRate) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(theta, thetaOffset + i);
            FloatVector g = effective(load(grad, gradOffset + i), old, gradientScale, l2);
            FloatVector.broadcast(F, -learningRate).fma(g, old).intoArray(theta, thetaOffset + i);
        }
        super.sgd(
                theta, thetaOffset + bound, grad, gradOffset + bound, length - bound, gradientScale, l2, learningRate);
    }

    @Override
    public void momentum(
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
            float mu) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(theta, thetaOffset + i);
            FloatVector g = effective(load(grad, gradOffset + i), old, gradientScale, l2);
            FloatVector velocity = FloatVector.broadcast(F, mu).fma(load(v, vOffset + i), g);
            velocity.intoArray(v, vOffset + i);
            FloatVector.broadcast(F, -learningRate).fma(velocity, old).intoArray(theta, thetaOffset + i);
        }
        super.momentum(
                theta,
                thetaOffset + bound,
                grad,
                gradOffset + bound,
                v,
                vOffset + bound,
                length - bound,
                gradientScale,
                l2,
                learningRate,
                mu);
    }

    @Override
    public void nesterov(
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
            float mu) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(theta, thetaOffset + i);
            FloatVector g = effective(load(grad, gradOffset + i), old, gradientScale, l2);
            FloatVector velocity = FloatVector.broadcast(F, mu).fma(load(v, vOffset + i), g);
            velocity.intoArray(v, vOffset + i);
            FloatVector ahead = FloatVector.broadcast(F, mu).fma(velocity, g);
            FloatVector.broadcast(F, -learningRate).fma(ahead, old).intoArray(theta, thetaOffset + i);
        }
        super.nesterov(
                theta,
                thetaOffset + bound,
                grad,
                gradOffset + bound,
                v,
                vOffset + bound,
                length - bound,
                gradientScale,
                l2,
                learningRate,
                mu);
    }

    @Override
    public void adam(
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
            float weightDecay) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(theta, thetaOffset + i);
            FloatVector g = effective(load(grad, gradOffset + i), old, gradientScale, l2);
            FloatVector first = FloatVector.broadcast(F, beta1).fma(load(m, mOffset + i), g.mul(1f - beta1));
            FloatVector second = FloatVector.broadcast(F, beta2)
                    .fma(load(v, vOffset + i), g.mul(g).mul(1f - beta2));
            first.intoArray(m, mOffset + i);
            second.intoArray(v, vOffset + i);
            FloatVector d = first.mul(firstCorrection)
                    .div(second.mul(secondCorrection).sqrt().add(epsilon));
            FloatVector decay = FloatVector.broadcast(F, weightDecay);
            d = d.blend(decay.fma(old, d), decay.compare(VectorOperators.NE, 0f));
            FloatVector.broadcast(F, -learningRate).fma(d, old).intoArray(theta, thetaOffset + i);
        }
        super.adam(
                theta,
                thetaOffset + bound,
                grad,
                gradOffset + bound,
                m,
                mOffset + bound,
                v,
                vOffset + bound,
                length - bound,
                gradientScale,
                l2,
                learningRate,
                beta1,
                beta2,
                epsilon,
                firstCorrection,
                secondCorrection,
                weightDecay);
    }

    @Override
    public void adagrad(
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
            float epsilon) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(theta, thetaOffset + i);
            FloatVector g = effective(load(grad, gradOffset + i), old, gradientScale, l2);
            FloatVector second = g.fma(g, load(v, vOffset + i));
            second.intoArray(v, vOffset + i);
            FloatVector d = g.div(second.sqrt().add(epsilon));
            FloatVector.broadcast(F, -learningRate).fma(d, old).intoArray(theta, thetaOffset + i);
        }
        super.adagrad(
                theta,
                thetaOffset + bound,
                grad,
                gradOffset + bound,
                v,
                vOffset + bound,
                length - bound,
                gradientScale,
                l2,
                learningRate,
                epsilon);
    }

    @Override
    public void rmsProp(
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
            float epsilon) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(theta, thetaOffset + i);
            FloatVector g = effective(load(grad, gradOffset + i), old, gradientScale, l2);
            FloatVector second = FloatVector.broadcast(F, rho)
                    .fma(load(v, vOffset + i), g.mul(g).mul(1f - rho));
            second.intoArray(v, vOffset + i);
            FloatVector d = g.div(second.sqrt().add(epsilon));
            FloatVector.broadcast(F, -learningRate).fma(d, old).intoArray(theta, thetaOffset + i);
        }
        super.rmsProp(
                theta,
                thetaOffset + bound,
                grad,
                gradOffset + bound,
                v,
                vOffset + bound,
                length - bound,
                gradientScale,
                l2,
                learningRate,
                rho,
                epsilon);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F, x, at);
    }

    @Override
    public void rmsPropMomentum(
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
            float mu) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(theta, thetaOffset + i);
            FloatVector g = effective(load(grad, gradOffset + i), old, gradientScale, l2);
            FloatVector second = FloatVector.broadcast(F, rho)
                    .fma(load(v, vOffset + i), g.mul(g).mul(1f - rho));
            second.intoArray(v, vOffset + i);
            FloatVector velocity = FloatVector.broadcast(F, mu)
                    .fma(load(b, bOffset + i), g.div(second.sqrt().add(epsilon)));
            velocity.intoArray(b, bOffset + i);
            FloatVector.broadcast(F, -learningRate).fma(velocity, old).intoArray(theta, thetaOffset + i);
        }
        super.rmsPropMomentum(
                theta,
                thetaOffset + bound,
                grad,
                gradOffset + bound,
                v,
                vOffset + bound,
                b,
                bOffset + bound,
                length - bound,
                gradientScale,
                l2,
                learningRate,
                rho,
                epsilon,
                mu);
    }

    @Override
    public void adamDirection(
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
            float weightDecay) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector old = load(theta, thetaOffset + i);
            FloatVector g = effective(load(grad, gradOffset + i), old, gradientScale, l2);
            FloatVector first = FloatVector.broadcast(F, beta1).fma(load(m, mOffset + i), g.mul(1f - beta1));
            FloatVector second = FloatVector.broadcast(F, beta2)
                    .fma(load(v, vOffset + i), g.mul(g).mul(1f - beta2));
            first.intoArray(m, mOffset + i);
            second.intoArray(v, vOffset + i);
            FloatVector d = first.mul(firstCorrection)
                    .div(second.mul(secondCorrection).sqrt().add(epsilon));
            FloatVector decay = FloatVector.broadcast(F, weightDecay);
            d.blend(decay.fma(old, d), decay.compare(VectorOperators.NE, 0f)).intoArray(grad, gradOffset + i);
        }
        super.adamDirection(
                theta,
                thetaOffset + bound,
                grad,
                gradOffset + bound,
                m,
                mOffset + bound,
                v,
                vOffset + bound,
                length - bound,
                gradientScale,
                l2,
                beta1,
                beta2,
                epsilon,
                firstCorrection,
                secondCorrection,
                weightDecay);
    }
}
