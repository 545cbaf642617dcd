package dev.lockstep.nn.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarMath} on vectors: the same operations in the same order in each lane. The comments are there.
 *
 * <p>Why this text repeats itself: a call of the Vector API is hundreds of nodes to C2 of JDK 17, which stops inlining
 * ordinary methods at 18,000 of them, and a vector that enters or leaves a call is allocated. The API's own methods are
 * exempt. So no function here calls another except at its beginning, constants are vectors made once, and who uses a
 * long one calls it before all else.
 */
final class SimdMath {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final VectorSpecies<Integer> I = Lanes.INTS;

    private static final FloatVector LOG2_E = constant(ScalarMath.LOG2_E);
    private static final FloatVector ROUNDER = constant(ScalarMath.ROUNDER);
    private static final FloatVector MINUS_LN2_HIGH = constant(-ScalarMath.LN2_HIGH);
    private static final FloatVector MINUS_LN2_LOW = constant(-ScalarMath.LN2_LOW);
    private static final FloatVector E7 = constant(ScalarMath.E7);
    private static final FloatVector E6 = constant(ScalarMath.E6);
    private static final FloatVector E5 = constant(ScalarMath.E5);
    private static final FloatVector E4 = constant(ScalarMath.E4);
    private static final FloatVector E3 = constant(ScalarMath.E3);
    private static final FloatVector E2 = constant(ScalarMath.E2);
    private static final FloatVector NAN = constant(Float.NaN);
    private static final FloatVector L4 = constant(ScalarMath.L4);
    private static final FloatVector L3 = constant(ScalarMath.L3);
    private static final FloatVector L2 = constant(ScalarMath.L2);
    private static final FloatVector L1 = constant(ScalarMath.L1);
    private static final FloatVector LN2_LOW = constant(ScalarMath.LN2_LOW);
    private static final FloatVector LN2_HIGH = constant(ScalarMath.LN2_HIGH);
    private static final FloatVector P5 = constant(ScalarMath.P5);
    private static final FloatVector P4 = constant(ScalarMath.P4);
    private static final FloatVector P3 = constant(ScalarMath.P3);
    private static final FloatVector P2 = constant(ScalarMath.P2);
    private static final FloatVector P1 = constant(ScalarMath.P1);
    private static final FloatVector P0 = constant(ScalarMath.P0);
    private static final FloatVector Q7 = constant(ScalarMath.Q7);
    private static final FloatVector Q6 = constant(ScalarMath.Q6);
    private static final FloatVector Q5 = constant(ScalarMath.Q5);
    private static final FloatVector Q4 = constant(ScalarMath.Q4);
    private static final FloatVector Q3 = constant(ScalarMath.Q3);
    private static final FloatVector Q2 = constant(ScalarMath.Q2);
    private static final FloatVector Q1 = constant(ScalarMath.Q1);
    private static final FloatVector Q0 = constant(ScalarMath.Q0);
    private static final FloatVector ONE = constant(1f);
    private static final FloatVector FOUR = constant(4f);
    private static final FloatVector MINUS_QUARTER = constant(-0.25f);
    private static final FloatVector S4 = constant(ScalarMath.S4);
    private static final FloatVector S3 = constant(ScalarMath.S3);
    private static final FloatVector S2 = constant(ScalarMath.S2);
    private static final FloatVector S1 = constant(ScalarMath.S1);
    private static final FloatVector TWO_PI_LOW = constant(ScalarMath.TWO_PI_LOW);
    private static final FloatVector TWO_PI_HIGH = constant(ScalarMath.TWO_PI_HIGH);
    private static final FloatVector C4 = constant(ScalarMath.C4);
    private static final FloatVector C3 = constant(ScalarMath.C3);
    private static final FloatVector C2 = constant(ScalarMath.C2);
    private static final FloatVector C1 = constant(ScalarMath.C1);
    private static final FloatVector HALF = constant(0.5f);
    private static final FloatVector TWO = constant(2f);
    private static final FloatVector SUBNORMAL_SCALE = constant(ScalarMath.SUBNORMAL_SCALE);
    private static final FloatVector EXP_LOW = constant(ScalarMath.EXP_LOW);
    private static final FloatVector EXP_HIGH = constant(ScalarMath.EXP_HIGH);
    private static final FloatVector EXPM1_LOW = constant(ScalarMath.EXPM1_LOW);
    private static final FloatVector SUBNORMAL_EXPONENT = constant(ScalarMath.SUBNORMAL_EXPONENT);
    private static final FloatVector MINUS_INFINITY = constant(Float.NEGATIVE_INFINITY);
    private static final FloatVector INFINITY = constant(Float.POSITIVE_INFINITY);
    private static final FloatVector TANH_HIGH = constant(ScalarMath.TANH_HIGH);
    private static final FloatVector ERF_HIGH = constant(ScalarMath.ERF_HIGH);
    private static final FloatVector TINY = constant(ScalarMath.TINY);
    private static final FloatVector MIN_NORMAL = constant(Float.MIN_NORMAL);
    private static final FloatVector ZERO = constant(0f);
    private static final FloatVector ERF_THRESHOLD = constant(ScalarMath.ERF_THRESHOLD);

    private static final IntVector ROUNDER_BITS = IntVector.broadcast(I, ScalarMath.ROUNDER_BITS);
    private static final IntVector SQRT_HALF_BITS = IntVector.broadcast(I, ScalarMath.SQRT_HALF_BITS);
    private static final IntVector EXPONENT_BIAS = IntVector.broadcast(I, 127);
    private static final IntVector EXPONENT_BIAS_LESS_ONE = IntVector.broadcast(I, 126);
    private static final IntVector INT_ONE = IntVector.broadcast(I, 1);
    private static final IntVector INT_TWO = IntVector.broadcast(I, 2);
    private static final IntVector ONE_BITS = IntVector.broadcast(I, 0x3F800000);
    private static final IntVector SIGN = IntVector.broadcast(I, 0x80000000);

    private SimdMath() {}

    static FloatVector constant(float value) {
        return FloatVector.broadcast(F, value);
    }

    static FloatVector exp(FloatVector x) {
        FloatVector c = x.blend(EXP_LOW, x.compare(VectorOperators.LT, EXP_LOW));
        c = c.blend(EXP_HIGH, c.compare(VectorOperators.GT, EXP_HIGH));
        FloatVector t = c.fma(LOG2_E, ROUNDER);
        FloatVector n = t.sub(ROUNDER);
        IntVector exponent = t.reinterpretAsInts().sub(ROUNDER_BITS);
        FloatVector r = n.fma(MINUS_LN2_HIGH, c);
        r = n.fma(MINUS_LN2_LOW, r);
        FloatVector q = E7.fma(r, E6);
        q = q.fma(r, E5);
        q = q.fma(r, E4);
        q = q.fma(r, E3);
        q = q.fma(r, E2);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        IntVector rest = exponent.sub(half);
        FloatVector y = r.mul(r).fma(q, r).add(ONE);
        y = y.mul(half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
        y = y.mul(rest.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
        return y;
    }

    static FloatVector expm1(FloatVector x) {
        FloatVector c = x.blend(EXPM1_LOW, x.compare(VectorOperators.LT, EXPM1_LOW));
        c = c.blend(EXP_HIGH, c.compare(VectorOperators.GT, EXP_HIGH));
        FloatVector t = c.fma(LOG2_E, ROUNDER);
        FloatVector n = t.sub(ROUNDER);
        IntVector exponent = t.reinterpretAsInts().sub(ROUNDER_BITS);
        FloatVector r = n.fma(MINUS_LN2_HIGH, c);
        r = n.fma(MINUS_LN2_LOW, r);
        FloatVector q = E7.fma(r, E6);
        q = q.fma(r, E5);
        q = q.fma(r, E4);
        q = q.fma(r, E3);
        q = q.fma(r, E2);
        FloatVector scale = exponent.add(EXPONENT_BIAS_LESS_ONE)
                .lanewise(VectorOperators.LSHL, 23)
                .reinterpretAsFloats();
        FloatVector y = r.mul(r).fma(q, r).fma(scale, scale.sub(HALF)).mul(TWO);
        return y.blend(x, c.abs().compare(VectorOperators.LT, TINY));
    }

    static FloatVector log(FloatVector x) {
        VectorMask<Float> subnormal = x.compare(VectorOperators.LT, MIN_NORMAL);
        IntVector bits = x.blend(x.mul(SUBNORMAL_SCALE), subnormal).reinterpretAsInts();
        FloatVector adjustment = ZERO.blend(SUBNORMAL_EXPONENT, subnormal);
        IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        FloatVector k = ((FloatVector) exponent.convert(VectorOperators.I2F, 0)).add(adjustment);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(ONE);
        FloatVector s = f.div(f.add(TWO));
        FloatVector z = s.mul(s);
        FloatVector r = L4.fma(z, L3);
        r = r.fma(z, L2);
        r = r.fma(z, L1);
        FloatVector half = f.mul(HALF).mul(f);
        FloatVector t = s.fma(r.fma(z, half), k.fma(LN2_LOW, ZERO));
        FloatVector y = k.fma(LN2_HIGH, f.add(t.sub(half)));
        y = NAN.blend(y, x.compare(VectorOperators.GT, ZERO));
        y = y.blend(MINUS_INFINITY, x.compare(VectorOperators.EQ, ZERO));
        return y.blend(INFINITY, x.compare(VectorOperators.EQ, INFINITY));
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector z = exp(x.abs().neg());
        return z.blend(ONE, x.compare(VectorOperators.GE, ZERO)).div(z.add(ONE));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector a = x.abs();
        a = a.blend(TANH_HIGH, a.compare(VectorOperators.GT, TANH_HIGH));
        FloatVector c = a.add(a);
        FloatVector t = c.fma(LOG2_E, ROUNDER);
        FloatVector n = t.sub(ROUNDER);
        IntVector exponent = t.reinterpretAsInts().sub(ROUNDER_BITS);
        FloatVector r = n.fma(MINUS_LN2_HIGH, c);
        r = n.fma(MINUS_LN2_LOW, r);
        FloatVector q = E7.fma(r, E6);
        q = q.fma(r, E5);
        q = q.fma(r, E4);
        q = q.fma(r, E3);
        q = q.fma(r, E2);
        FloatVector scale = exponent.add(EXPONENT_BIAS_LESS_ONE)
                .lanewise(VectorOperators.LSHL, 23)
                .reinterpretAsFloats();
        FloatVector e = r.mul(r).fma(q, r).fma(scale, scale.sub(HALF)).mul(TWO);
        e = e.blend(c, c.compare(VectorOperators.LT, TINY));
        IntVector sign = x.reinterpretAsInts().and(SIGN);
        return e.div(e.add(TWO)).reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    /** erf(x) where |x| is small. */
    static FloatVector erfNearZero(FloatVector x) {
        FloatVector s = x.mul(x);
        FloatVector p = P5.fma(s, P4);
        p = p.fma(s, P3);
        p = p.fma(s, P2);
        p = p.fma(s, P1);
        p = p.fma(s, P0);
        return p.fma(x, x);
    }

    /** The logarithm of {@code 1 - erf(|x|)}, where |x| is not small. */
    static FloatVector erfExponent(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector b = a.blend(ERF_HIGH, a.compare(VectorOperators.GT, ERF_HIGH));
        FloatVector q = Q7.fma(b, Q6);
        q = q.fma(b, Q5);
        q = q.fma(b, Q4);
        q = q.fma(b, Q3);
        q = q.fma(b, Q2);
        q = q.fma(b, Q1);
        return q.fma(b, Q0);
    }

    /** erf(x) from what the two methods before gave, the second one raised to a power of e. */
    static FloatVector erf(FloatVector x, FloatVector nearZero, FloatVector complement) {
        IntVector sign = x.reinterpretAsInts().and(SIGN);
        FloatVector large = ONE.sub(complement).reinterpretAsInts().or(sign).reinterpretAsFloats();
        return large.blend(nearZero, x.abs().compare(VectorOperators.LT, ERF_THRESHOLD));
    }

    /** {@code log(1 + z)} for z between 0 and 1 or NaN, the part of log1p that softplus needs. */
    static FloatVector log1pOfFraction(FloatVector z) {
        FloatVector u = z.add(ONE);
        FloatVector lost = z.sub(u.sub(ONE)).div(u);
        IntVector bits = u.reinterpretAsInts();
        IntVector exponent = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        FloatVector k = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        FloatVector f = bits.sub(exponent.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(ONE);
        FloatVector s = f.div(f.add(TWO));
        FloatVector w = s.mul(s);
        FloatVector r = L4.fma(w, L3);
        r = r.fma(w, L2);
        r = r.fma(w, L1);
        FloatVector half = f.mul(HALF).mul(f);
        FloatVector t = s.fma(r.fma(w, half), k.fma(LN2_LOW, lost));
        return k.fma(LN2_HIGH, f.add(t.sub(half)));
    }

    static FloatVector sinTwoPi(FloatVector u) {
        FloatVector t = u.fma(FOUR, ROUNDER);
        IntVector quadrant = t.reinterpretAsInts();
        FloatVector r = t.sub(ROUNDER).fma(MINUS_QUARTER, u);
        FloatVector square = r.mul(r);
        FloatVector p = S4.fma(square, S3);
        p = p.fma(square, S2);
        p = p.fma(square, S1);
        p = p.fma(square, TWO_PI_LOW);
        FloatVector sin = r.fma(TWO_PI_HIGH, r.mul(p));
        FloatVector q = C4.fma(square, C3);
        q = q.fma(square, C2);
        q = q.fma(square, C1);
        FloatVector cos = q.fma(square, ONE);
        // The lowest bit of the quadrant as a sign: -1 or 1.
        FloatVector odd =
                quadrant.lanewise(VectorOperators.LSHL, 31).or(ONE_BITS).reinterpretAsFloats();
        FloatVector y = sin.blend(cos, odd.compare(VectorOperators.LT, ZERO));
        IntVector sign = quadrant.and(INT_TWO).lanewise(VectorOperators.LSHL, 30);
        return y.reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
    }

    static FloatVector cosTwoPi(FloatVector u) {
        FloatVector t = u.fma(FOUR, ROUNDER);
        IntVector quadrant = t.reinterpretAsInts();
        FloatVector r = t.sub(ROUNDER).fma(MINUS_QUARTER, u);
        FloatVector square = r.mul(r);
        FloatVector p = S4.fma(square, S3);
        p = p.fma(square, S2);
        p = p.fma(square, S1);
        p = p.fma(square, TWO_PI_LOW);
        FloatVector sin = r.fma(TWO_PI_HIGH, r.mul(p));
        FloatVector q = C4.fma(square, C3);
        q = q.fma(square, C2);
        q = q.fma(square, C1);
        FloatVector cos = q.fma(square, ONE);
        // The lowest bit of the quadrant as a sign: -1 or 1.
        FloatVector odd =
                quadrant.lanewise(VectorOperators.LSHL, 31).or(ONE_BITS).reinterpretAsFloats();
        FloatVector y = cos.blend(sin, odd.compare(VectorOperators.LT, ZERO));
        IntVector sign = quadrant.add(INT_ONE).and(INT_TWO).lanewise(VectorOperators.LSHL, 30);
        return y.reinterpretAsInts().lanewise(VectorOperators.XOR, sign).reinterpretAsFloats();
    }
}
