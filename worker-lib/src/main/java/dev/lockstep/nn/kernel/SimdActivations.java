package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Activations} on vectors; what remains of a range is left to the scalar twin. */
public final class SimdActivations extends ScalarActivations {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = F.length();

    @Override
    public void relu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            v.blend(0f, v.compare(VectorOperators.LT, 0f)).intoArray(y, yOffset + i);
        }
        super.relu(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void reluBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(y, yOffset + i);
            FloatVector d = load(dy, dyOffset + i);
            FloatVector.zero(F).blend(d, v.compare(VectorOperators.GT, 0f)).intoArray(dy, dyOffset + i);
        }
        super.reluBackward(y, yOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void leakyRelu(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            v.blend(v.mul(alpha), v.compare(VectorOperators.LT, 0f)).intoArray(y, yOffset + i);
        }
        super.leakyRelu(alpha, x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void leakyReluBackward(float alpha, float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            FloatVector d = load(dy, dyOffset + i);
            d.mul(alpha).blend(d, v.compare(VectorOperators.GT, 0f)).intoArray(dy, dyOffset + i);
        }
        super.leakyReluBackward(alpha, x, xOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void elu(float alpha, float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            v.blend(SimdMath.expm1(v).mul(alpha), v.compare(VectorOperators.LT, 0f))
                    .intoArray(y, yOffset + i);
        }
        super.elu(alpha, x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void eluBackward(float alpha, float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            FloatVector d = load(dy, dyOffset + i);
            d.mul(SimdMath.exp(v).mul(alpha))
                    .blend(d, v.compare(VectorOperators.GT, 0f))
                    .intoArray(dy, dyOffset + i);
        }
        super.eluBackward(alpha, x, xOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void sigmoid(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            SimdMath.sigmoid(v).intoArray(y, yOffset + i);
        }
        super.sigmoid(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void sigmoidBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(y, yOffset + i);
            FloatVector d = load(dy, dyOffset + i);
            d.mul(v.mul(SimdMath.constant(1f).sub(v))).intoArray(dy, dyOffset + i);
        }
        super.sigmoidBackward(y, yOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void tanh(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            SimdMath.tanh(v).intoArray(y, yOffset + i);
        }
        super.tanh(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void tanhBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(y, yOffset + i);
            FloatVector d = load(dy, dyOffset + i);
            d.mul(v.neg().fma(v, SimdMath.constant(1f))).intoArray(dy, dyOffset + i);
        }
        super.tanhBackward(y, yOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void gelu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            FloatVector z = v.mul(ScalarMath.SQRT_HALF);
            FloatVector complement = SimdMath.exp(SimdMath.erfExponent(z));
            FloatVector erf = SimdMath.erf(z, SimdMath.erfNearZero(z), complement);
            FloatVector h = v.mul(0.5f);
            h.fma(erf, h).intoArray(y, yOffset + i);
        }
        super.gelu(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void geluBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            FloatVector d = load(dy, dyOffset + i);
            FloatVector e = SimdMath.exp(v.mul(-0.5f).mul(v));
            FloatVector z = v.mul(ScalarMath.SQRT_HALF);
            FloatVector complement = SimdMath.exp(SimdMath.erfExponent(z));
            FloatVector erf = SimdMath.erf(z, SimdMath.erfNearZero(z), complement);
            FloatVector half = SimdMath.constant(0.5f);
            FloatVector cdf = half.fma(erf, half);
            FloatVector density = e.mul(ScalarMath.INVERSE_SQRT_TWO_PI);
            d.mul(v.fma(density, cdf)).intoArray(dy, dyOffset + i);
        }
        super.geluBackward(x, xOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void silu(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            v.mul(SimdMath.sigmoid(v)).intoArray(y, yOffset + i);
        }
        super.silu(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void siluBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            FloatVector d = load(dy, dyOffset + i);
            FloatVector one = SimdMath.constant(1f);
            FloatVector s = SimdMath.sigmoid(v);
            d.mul(s.mul(v.fma(one.sub(s), one))).intoArray(dy, dyOffset + i);
        }
        super.siluBackward(x, xOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void softplus(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            FloatVector positive = SimdMath.constant(0f).blend(v, v.compare(VectorOperators.GT, 0f));
            FloatVector rest = SimdMath.log1pOfFraction(SimdMath.exp(v.abs().neg()));
            positive.add(rest).intoArray(y, yOffset + i);
        }
        super.softplus(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void softplusBackward(float[] x, int xOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            FloatVector d = load(dy, dyOffset + i);
            d.mul(SimdMath.sigmoid(v)).intoArray(dy, dyOffset + i);
        }
        super.softplusBackward(x, xOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void softsign(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            v.div(SimdMath.constant(1f).add(v.abs())).intoArray(y, yOffset + i);
        }
        super.softsign(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void softsignBackward(float[] y, int yOffset, float[] dy, int dyOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector s = SimdMath.constant(1f).sub(load(y, yOffset + i).abs());
            load(dy, dyOffset + i).mul(s.mul(s)).intoArray(dy, dyOffset + i);
        }
        super.softsignBackward(y, yOffset + bound, dy, dyOffset + bound, length - bound);
    }

    @Override
    public void exp(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            SimdMath.exp(v).intoArray(y, yOffset + i);
        }
        super.exp(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    @Override
    public void log(float[] x, int xOffset, float[] y, int yOffset, int length) {
        int bound = F.loopBound(length);
        for (int i = 0; i < bound; i += L) {
            FloatVector v = load(x, xOffset + i);
            SimdMath.log(v).intoArray(y, yOffset + i);
        }
        super.log(x, xOffset + bound, y, yOffset + bound, length - bound);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F, x, at);
    }
}
