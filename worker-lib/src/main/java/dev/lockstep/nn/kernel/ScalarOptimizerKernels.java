package dev.lockstep.nn.kernel;

/**
 * {@link OptimizerKernels}, one element at a time. The vector twin inherits these methods for what remains of a range.
 */
class ScalarOptimizerKernels implements OptimizerKernels {
    /** The effective gradient. */
    private static float effective(float grad, float theta, float gradientScale, float l2) {
        float scaled = grad * gradientScale;
        return l2 == 0f ? scaled : Math.fma(l2, theta, scaled);
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
        for (int i = 0; i < length; i++) {
            float old = theta[thetaOffset + i];
            float g = effective(grad[gradOffset + i], old, gradientScale, l2);
            theta[thetaOffset + i] = Math.fma(-learningRate, g, old);
        }
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
        for (int i = 0; i < length; i++) {
            float old = theta[thetaOffset + i];
            float g = effective(grad[gradOffset + i], old, gradientScale, l2);
            float velocity = Math.fma(mu, v[vOffset + i], g);
            v[vOffset + i] = velocity;
            theta[thetaOffset + i] = Math.fma(-learningRate, velocity, old);
        }
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
        for (int i = 0; i < length; i++) {
            float old = theta[thetaOffset + i];
            float g = effective(grad[gradOffset + i], old, gradientScale, l2);
            float velocity = Math.fma(mu, v[vOffset + i], g);
            v[vOffset + i] = velocity;
            theta[thetaOffset + i] = Math.fma(-learningRate, Math.fma(mu, velocity, g), old);
        }
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
        for (int i = 0; i < length; i++) {
            float old = theta[thetaOffset + i];
            float g = effective(grad[gradOffset + i], old, gradientScale, l2);
            float first = Math.fma(beta1, m[mOffset + i], (1f - beta1) * g);
            float second = Math.fma(beta2, v[vOffset + i], (1f - beta2) * (g * g));
            m[mOffset + i] = first;
            v[vOffset + i] = second;
            float d = first * firstCorrection / (squareRoot(second * secondCorrection) + epsilon);
            d = weightDecay == 0f ? d : Math.fma(weightDecay, old, d);
            theta[thetaOffset + i] = Math.fma(-learningRate, d, old);
        }
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
        for (int i = 0; i < length; i++) {
            float old = theta[thetaOffset + i];
            float g = effective(grad[gradOffset + i], old, gradientScale, l2);
            float second = Math.fma(g, g, v[vOffset + i]);
            v[vOffset + i] = second;
            theta[thetaOffset + i] = Math.fma(-learningRate, g / (squareRoot(second) + epsilon), old);
        }
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
        for (int i = 0; i < length; i++) {
            float old = theta[thetaOffset + i];
            float g = effective(grad[gradOffset + i], old, gradientScale, l2);
            float second = Math.fma(rho, v[vOffset + i], (1f - rho) * (g * g));
            v[vOffset + i] = second;
            theta[thetaOffset + i] = Math.fma(-learningRate, g / (squareRoot(second) + epsilon), old);
        }
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
        for (int i = 0; i < length; i++) {
            float old = theta[thetaOffset + i];
            float g = effective(grad[gradOffset + i], old, gradientScale, l2);
            float second = Math.fma(rho, v[vOffset + i], (1f - rho) * (g * g));
            v[vOffset + i] = second;
            float velocity = Math.fma(mu, b[bOffset + i], g / (squareRoot(second) + epsilon));
            b[bOffset + i] = velocity;
            theta[thetaOffset + i] = Math.fma(-learningRate, velocity, old);
        }
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
        for (int i = 0; i < length; i++) {
            float old = theta[thetaOffset + i];
            float g = effective(grad[gradOffset + i], old, gradientScale, l2);
            float first = Math.fma(beta1, m[mOffset + i], (1f - beta1) * g);
            float second = Math.fma(beta2, v[vOffset + i], (1f - beta2) * (g * g));
            m[mOffset + i] = first;
            v[vOffset + i] = second;
            float d = first * firstCorrection / (squareRoot(second * secondCorrection) + epsilon);
            grad[gradOffset + i] = weightDecay == 0f ? d : Math.fma(weightDecay, old, d);
        }
    }

    @Override
    public void boundedGradient(
            float[] theta,
            int thetaOffset,
            float[] grad,
            int gradOffset,
            int length,
            float gradientScale,
            float bound,
            float l1) {
        for (int i = 0; i < length; i++) {
            float g = grad[gradOffset + i] * gradientScale;
            g = g < -bound ? -bound : g;
            g = g > bound ? bound : g;
            float parameter = theta[thetaOffset + i];
            float penalty = parameter > 0f ? l1 : parameter < 0f ? -l1 : 0f;
            grad[gradOffset + i] = l1 == 0f ? g : g + penalty;
        }
    }

    /** The root of the double rounded to float is the correctly rounded root of the float. */
    private static float squareRoot(float x) {
        return (float) Math.sqrt(x);
    }
}
