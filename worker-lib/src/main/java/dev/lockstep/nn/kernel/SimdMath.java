package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath} on vectors: the same operations in the same order in each lane. The comments are there. */
final class SimdMath {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;

    private SimdMath() {}

    static FloatVector constant(float value) {
        return FloatVector.broadcast(F, value);
    }

    static FloatVector exp(FloatVector x) {
        FloatVector c = x.blend(ScalarMath.EXP_LOW, x.compare(VectorOperators.LT, ScalarMath.EXP_LOW));
        c = c.blend(ScalarMath.EXP_HIGH, c.compare(VectorOperators.GT, ScalarMath.EXP_HIGH));
        FloatVector t = c.fma(constant(ScalarMath.LOG2_E), constant(ScalarMath.ROUNDER));
        FloatVector n = t.sub(ScalarMath.ROUNDER);
        IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUNDER_BITS);
        FloatVector y = expm1Reduced(n, c).add(1f);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return y.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    static FloatVector expm1(FloatVector x) {
        FloatVector c = x.blend(ScalarMath.EXPM1_LOW, x.compare(VectorOperators.LT, ScalarMath.EXPM1_LOW));
        c = c.blend(ScalarMath.EXP_HIGH, c.compare(VectorOperators.GT, ScalarMath.EXP_HIGH));
        return expm1Bounded(c, x);
    }

    private static FloatVector expm1Bounded(FloatVector c, FloatVector tiny) {
        FloatVector t = c.fma(constant(ScalarMath.LOG2_E), constant(ScalarMath.ROUNDER));
        FloatVector n = t.sub(ScalarMath.ROUNDER);
        IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUNDER_BITS);
        FloatVector scale = powerOfTwo(exponent.sub(1));
        FloatVector y = expm1Reduced(n, c).fma(scale, scale.sub(0.5f)).mul(2f);
        return y.blend(tiny, c.abs().compare(VectorOperators.LT, ScalarMath.TINY));
    }

    private static FloatVector expm1Reduced(FloatVector n, FloatVector x) {
        FloatVector r = n.fma(constant(-ScalarMath.LN2_HIGH), x);
        r = n.fma(constant(-ScalarMath.LN2_LOW), r);
        FloatVector q = constant(ScalarMath.E7).fma(r, constant(ScalarMath.E6));
        q = q.fma(r, constant(ScalarMath.E5));
        q = q.fma(r, constant(ScalarMath.E4));
        q = q.fma(r, constant(ScalarMath.E3));
        q = q.fma(r, constant(ScalarMath.E2));
        return r.mul(r).fma(q, r);
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector log(FloatVector x) {
        FloatVector scaled =
                x.blend(x.mul(ScalarMath.SUBNORMAL_SCALE), x.compare(VectorOperators.LT, Float.MIN_NORMAL));
        FloatVector adjustment = FloatVector.zero(F)
                .blend(ScalarMath.SUBNORMAL_EXPONENT, x.compare(VectorOperators.LT, Float.MIN_NORMAL));
        IntVector bits = scaled.reinterpretAsInts();
        IntVector exponent = bits.sub(ScalarMath.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(1f);
        FloatVector k = ((FloatVector) exponent.convert(VectorOperators.I2F, 0)).add(adjustment);
        FloatVector y = logReduced(f, k, FloatVector.zero(F));
        y = constant(Float.NaN).blend(y, x.compare(VectorOperators.GT, 0f));
        y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
        return y.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
    }

    static FloatVector log1p(FloatVector x) {
        FloatVector u = x.add(1f);
        IntVector bits = u.reinterpretAsInts();
        IntVector exponent = bits.sub(ScalarMath.SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(1f);
        FloatVector lost = x.sub(u.sub(1f)).div(u);
        FloatVector k = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        FloatVector y = logReduced(f, k, lost);
        y = constant(Float.NaN).blend(y, u.compare(VectorOperators.GT, 0f));
        y = y.blend(Float.NEGATIVE_INFINITY, u.compare(VectorOperators.EQ, 0f));
        return y.blend(Float.POSITIVE_INFINITY, u.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
    }

    private static FloatVector logReduced(FloatVector f, FloatVector k, FloatVector correction) {
        FloatVector s = f.div(f.add(2f));
        FloatVector z = s.mul(s);
        FloatVector r = constant(ScalarMath.L4).fma(z, constant(ScalarMath.L3));
        r = r.fma(z, constant(ScalarMath.L2));
        r = r.fma(z, constant(ScalarMath.L1));
        FloatVector half = f.mul(0.5f).mul(f);
        FloatVector t = s.fma(r.fma(z, half), k.fma(constant(ScalarMath.LN2_LOW), correction));
        return k.fma(constant(ScalarMath.LN2_HIGH), f.add(t.sub(half)));
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector z = exp(x.abs().neg());
        return z.blend(1f, x.compare(VectorOperators.GE, 0f)).div(z.add(1f));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs();
        a = a.blend(ScalarMath.TANH_HIGH, a.compare(VectorOperators.GT, ScalarMath.TANH_HIGH));
        FloatVector twice = a.add(a);
        FloatVector e = expm1Bounded(twice, twice);
        return withSignOf(e.div(e.add(2f)), x);
    }

    static FloatVector softplus(FloatVector x) {
        FloatVector positive = FloatVector.zero(F).blend(x, x.compare(VectorOperators.GT, 0f));
        return positive.add(log1p(exp(x.abs().neg())));
    }

    static FloatVector erf(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector s = x.mul(x);
        FloatVector p = constant(ScalarMath.P5).fma(s, constant(ScalarMath.P4));
        p = p.fma(s, constant(ScalarMath.P3));
        p = p.fma(s, constant(ScalarMath.P2));
        p = p.fma(s, constant(ScalarMath.P1));
        p = p.fma(s, constant(ScalarMath.P0));
        FloatVector small = p.fma(x, x);

        FloatVector b = a.blend(ScalarMath.ERF_HIGH, a.compare(VectorOperators.GT, ScalarMath.ERF_HIGH));
        FloatVector q = constant(ScalarMath.Q7).fma(b, constant(ScalarMath.Q6));
        q = q.fma(b, constant(ScalarMath.Q5));
        q = q.fma(b, constant(ScalarMath.Q4));
        q = q.fma(b, constant(ScalarMath.Q3));
        q = q.fma(b, constant(ScalarMath.Q2));
        q = q.fma(b, constant(ScalarMath.Q1));
        q = q.fma(b, constant(ScalarMath.Q0));
        FloatVector large = withSignOf(constant(1f).sub(exp(q)), x);
        return large.blend(small, a.compare(VectorOperators.LT, ScalarMath.ERF_THRESHOLD));
    }

    static FloatVector sinTwoPi(FloatVector u) {
        FloatVector t = u.fma(constant(4f), constant(ScalarMath.ROUNDER));
        IntVector quadrant = t.reinterpretAsInts();
        FloatVector r = t.sub(ScalarMath.ROUNDER).fma(constant(-0.25f), u);
        FloatVector odd = oddAsSign(quadrant);
        FloatVector y = sinReduced(r).blend(cosReduced(r), odd.compare(VectorOperators.LT, 0f));
        return flipSign(y, quadrant);
    }

    static FloatVector cosTwoPi(FloatVector u) {
        FloatVector t = u.fma(constant(4f), constant(ScalarMath.ROUNDER));
        IntVector quadrant = t.reinterpretAsInts();
        FloatVector r = t.sub(ScalarMath.ROUNDER).fma(constant(-0.25f), u);
        FloatVector odd = oddAsSign(quadrant);
        FloatVector y = cosReduced(r).blend(sinReduced(r), odd.compare(VectorOperators.LT, 0f));
        return flipSign(y, quadrant.add(1));
    }

    /** -1 where bit 0 of the quadrant is set, 1 elsewhere. */
    private static FloatVector oddAsSign(IntVector quadrant) {
        return quadrant.lanewise(VectorOperators.LSHL, 31).or(0x3F800000).reinterpretAsFloats();
    }

    /** Negates where bit 1 of the quadrant is set. */
    private static FloatVector flipSign(FloatVector y, IntVector quadrant) {
        IntVector sign = quadrant.and(2).lanewise(VectorOperators.LSHL, 30);
        return y.reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
    }

    private static FloatVector sinReduced(FloatVector r) {
        FloatVector t = r.mul(r);
        FloatVector p = constant(ScalarMath.S4).fma(t, constant(ScalarMath.S3));
        p = p.fma(t, constant(ScalarMath.S2));
        p = p.fma(t, constant(ScalarMath.S1));
        p = p.fma(t, constant(ScalarMath.TWO_PI_LOW));
        return r.fma(constant(ScalarMath.TWO_PI_HIGH), r.mul(p));
    }

    private static FloatVector cosReduced(FloatVector r) {
        FloatVector t = r.mul(r);
        FloatVector p = constant(ScalarMath.C4).fma(t, constant(ScalarMath.C3));
        p = p.fma(t, constant(ScalarMath.C2));
        p = p.fma(t, constant(ScalarMath.C1));
        return p.fma(t, constant(1f));
    }

    private static FloatVector withSignOf(FloatVector magnitude, FloatVector sign) {
        IntVector bit = sign.reinterpretAsInts().and(0x80000000);
        return magnitude.reinterpretAsInts().or(bit).reinterpretAsFloats();
    }
}
