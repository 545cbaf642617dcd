package dev.lockstep.nn.kernel;

/**
 * The transcendental functions of the library on single floats, with bits that depend on no JDK and no CPU: additions,
 * multiplications, divisions, fused multiply-adds, comparisons and bit operations only. The vector kernels do the same
 * operations per lane.
 *
 * <p>Errors are the greatest seen over all floats of the stated range against {@link StrictMath} in double (a test
 * repeats a dense sample of them), in units in the last place (ulp) of the result. NaN gives NaN. The polynomials are
 * minimax fits made for this class (Remez exchange at 40 digits, coefficients rounded to float).
 */
public final class ScalarMath {
    /** Adding it to a float below 2^22 in magnitude leaves the rounded integer (half to even) in the low bits. */
    static final float ROUNDER = 0x1.8p23f;

    static final int ROUNDER_BITS = 0x4B400000;

    static final float LOG2_E = 0x1.715476p0f;
    /** The upper nine bits of ln 2: products with exponents are exact. */
    static final float LN2_HIGH = 0x1.62p-1f;

    static final float LN2_LOW = 0x1.c85fe0p-10f;

    // e^r = 1 + r + r^2 (0.5 + r E3 + r^2 E4 + ...) for |r| <= ln(2)/2
    static final float E2 = 0.5f;
    static final float E3 = 0x1.555556p-3f;
    static final float E4 = 0x1.5554f6p-5f;
    static final float E5 = 0x1.1110a8p-7f;
    static final float E6 = 0x1.6d3d42p-10f;
    static final float E7 = 0x1.a1835ap-13f;

    /** exp rounds to 0 below. */
    static final float EXP_LOW = -104f;
    /** exp is infinite above. */
    static final float EXP_HIGH = 89f;
    /** expm1 rounds to -1 below. */
    static final float EXPM1_LOW = -20f;
    /** expm1(x) rounds to x, and 1 + x to 1, below this magnitude. */
    static final float TINY = 0x1p-25f;

    // log(1 + f) = f - f^2/2 + s (f^2/2 + R), s = f / (2 + f), R = z (L1 + z L2 + ...), z = s^2
    static final float L1 = 0x1.555554p-1f;
    static final float L2 = 0x1.999c24p-2f;
    static final float L3 = 0x1.23d4e6p-2f;
    static final float L4 = 0x1.f10066p-3f;

    static final float SQRT_HALF = 0x1.6a09e6p-1f;
    /** Bits of sqrt(1/2), where the mantissa range of log begins. */
    static final int SQRT_HALF_BITS = 0x3F3504F3;

    static final float SUBNORMAL_SCALE = 0x1p23f;
    static final float SUBNORMAL_EXPONENT = -23f;

    /** tanh rounds to 1 above. */
    static final float TANH_HIGH = 9.1f;

    // erf(x) = x + x P(x^2) below the threshold, 1 - exp(Q(|x|)) above
    static final float ERF_THRESHOLD = 0.925f;
    static final float ERF_HIGH = 4f;
    static final float P0 = 0x1.06eba6p-3f;
    static final float P1 = -0x1.8126e2p-2f;
    static final float P2 = 0x1.ce1984p-4f;
    static final float P3 = -0x1.b67bcep-6f;
    static final float P4 = 0x1.46d838p-8f;
    static final float P5 = -0x1.386c0cp-11f;
    static final float Q0 = 0x1.bb86bep-14f;
    static final float Q1 = -0x1.21118ep0f;
    static final float Q2 = -0x1.44a2c4p-1f;
    static final float Q3 = -0x1.b83ecep-4f;
    static final float Q4 = 0x1.92e58ap-6f;
    static final float Q5 = -0x1.03e8c4p-8f;
    static final float Q6 = 0x1.9a4558p-12f;
    static final float Q7 = -0x1.2217aap-16f;

    // sin(2 pi r) = r (2 pi + t (S1 + t S2 + ...)), cos(2 pi r) = 1 + t (C1 + t C2 + ...), t = r^2, |r| <= 1/8
    static final float TWO_PI_HIGH = 0x1.921fb6p2f;
    static final float TWO_PI_LOW = -0x1.777a5cp-23f;
    static final float S1 = -0x1.4abbcep5f;
    static final float S2 = 0x1.466bbep6f;
    static final float S3 = -0x1.32cbe6p6f;
    static final float S4 = 0x1.4c1660p5f;
    static final float C1 = -0x1.3bd3ccp4f;
    static final float C2 = 0x1.03c1aep6f;
    static final float C3 = -0x1.55b132p6f;
    static final float C4 = 0x1.d46d86p5f;

    static final float INVERSE_SQRT_TWO_PI = 0x1.988454p-2f;

    private static final int SIGN = 0x80000000;

    private ScalarMath() {}

    /** Returns e^x, within 1 ulp everywhere, subnormal results included. */
    public static float exp(float x) {
        float c = x < EXP_LOW ? EXP_LOW : x;
        c = c > EXP_HIGH ? EXP_HIGH : c;
        float t = Math.fma(c, LOG2_E, ROUNDER);
        float n = t - ROUNDER;
        int exponent = Float.floatToRawIntBits(t) - ROUNDER_BITS;
        float y = expm1Reduced(n, c) + 1f;
        int half = exponent >> 1;
        return y * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    /** Returns e^x - 1, within 1.5 ulp. */
    public static float expm1(float x) {
        float c = x < EXPM1_LOW ? EXPM1_LOW : x;
        c = c > EXP_HIGH ? EXP_HIGH : c;
        return expm1Bounded(c, x);
    }

    /** e^c - 1 for c between the two bounds, and {@code tiny} where c is tiny. */
    private static float expm1Bounded(float c, float tiny) {
        float t = Math.fma(c, LOG2_E, ROUNDER);
        float n = t - ROUNDER;
        int exponent = Float.floatToRawIntBits(t) - ROUNDER_BITS;
        // Half of 2^n, as 2^128 is not a float.
        float scale = powerOfTwo(exponent - 1);
        float y = 2f * Math.fma(expm1Reduced(n, c), scale, scale - 0.5f);
        return Math.abs(c) < TINY ? tiny : y;
    }

    /** e^r - 1 for r = x - n ln 2. */
    private static float expm1Reduced(float n, float x) {
        float r = Math.fma(n, -LN2_HIGH, x);
        r = Math.fma(n, -LN2_LOW, r);
        float q = Math.fma(E7, r, E6);
        q = Math.fma(q, r, E5);
        q = Math.fma(q, r, E4);
        q = Math.fma(q, r, E3);
        q = Math.fma(q, r, E2);
        return Math.fma(r * r, q, r);
    }

    private static float powerOfTwo(int exponent) {
        return Float.intBitsToFloat((exponent + 127) << 23);
    }

    /** Returns the natural logarithm, within 1 ulp; -infinity for both zeros, NaN below. */
    public static float log(float x) {
        boolean subnormal = x < Float.MIN_NORMAL;
        float scaled = subnormal ? x * SUBNORMAL_SCALE : x;
        int bits = Float.floatToRawIntBits(scaled);
        int exponent = (bits - SQRT_HALF_BITS) >> 23;
        float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
        float k = exponent + (subnormal ? SUBNORMAL_EXPONENT : 0f);
        float y = logReduced(f, k, 0f);
        y = x > 0f ? y : Float.NaN;
        y = x == 0f ? Float.NEGATIVE_INFINITY : y;
        return x == Float.POSITIVE_INFINITY ? Float.POSITIVE_INFINITY : y;
    }

    /** Returns log(1 + x), within 1.5 ulp; -infinity at -1, NaN below; both zeros give +0. */
    public static float log1p(float x) {
        float u = x + 1f;
        int bits = Float.floatToRawIntBits(u);
        int exponent = (bits - SQRT_HALF_BITS) >> 23;
        float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
        // What 1 + x lost, which counts for 1/u in the logarithm.
        float lost = (x - (u - 1f)) / u;
        float y = logReduced(f, exponent, lost);
        y = u > 0f ? y : Float.NaN;
        y = u == 0f ? Float.NEGATIVE_INFINITY : y;
        return u == Float.POSITIVE_INFINITY ? Float.POSITIVE_INFINITY : y;
    }

    /** log(1 + f) + k ln 2 + correction, with 1 + f between sqrt(1/2) and sqrt(2). */
    private static float logReduced(float f, float k, float correction) {
        float s = f / (f + 2f);
        float z = s * s;
        float r = Math.fma(L4, z, L3);
        r = Math.fma(r, z, L2);
        r = Math.fma(r, z, L1);
        float half = 0.5f * f * f;
        float t = Math.fma(s, Math.fma(r, z, half), Math.fma(k, LN2_LOW, correction));
        return Math.fma(k, LN2_HIGH, f + (t - half));
    }

    /** Returns 1 / (1 + e^-x), within 2.5 ulp, subnormal results included. */
    public static float sigmoid(float x) {
        float z = exp(-Math.abs(x));
        return (x >= 0f ? 1f : z) / (z + 1f);
    }

    /** Returns the hyperbolic tangent, within 2.5 ulp; tanh(-0) is -0. */
    public static float tanh(float x) {
        float a = Math.abs(x);
        a = a > TANH_HIGH ? TANH_HIGH : a;
        float twice = a + a;
        float e = expm1Bounded(twice, twice);
        return withSignOf(e / (e + 2f), x);
    }

    /** Returns log(1 + e^x), within 2.5 ulp. */
    public static float softplus(float x) {
        return (x > 0f ? x : 0f) + log1p(exp(-Math.abs(x)));
    }

    /** Returns the error function, within 1.5 ulp; erf(-0) is -0. */
    public static float erf(float x) {
        float a = Math.abs(x);
        float s = x * x;
        float p = Math.fma(P5, s, P4);
        p = Math.fma(p, s, P3);
        p = Math.fma(p, s, P2);
        p = Math.fma(p, s, P1);
        p = Math.fma(p, s, P0);
        float small = Math.fma(p, x, x);

        float b = a > ERF_HIGH ? ERF_HIGH : a;
        float q = Math.fma(Q7, b, Q6);
        q = Math.fma(q, b, Q5);
        q = Math.fma(q, b, Q4);
        q = Math.fma(q, b, Q3);
        q = Math.fma(q, b, Q2);
        q = Math.fma(q, b, Q1);
        q = Math.fma(q, b, Q0);
        float large = withSignOf(1f - exp(q), x);
        return a < ERF_THRESHOLD ? small : large;
    }

    /** Returns sin(2 pi u), within 1.5 ulp for {@code 0 <= u < 1}; undefined from 2^20. */
    public static float sinTwoPi(float u) {
        float t = Math.fma(u, 4f, ROUNDER);
        int quadrant = Float.floatToRawIntBits(t);
        float r = Math.fma(t - ROUNDER, -0.25f, u);
        float y = (quadrant & 1) == 0 ? sinReduced(r) : cosReduced(r);
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ (quadrant & 2) << 30);
    }

    /** Returns cos(2 pi u), within 1.5 ulp for {@code 0 <= u < 1}; undefined from 2^20. */
    public static float cosTwoPi(float u) {
        float t = Math.fma(u, 4f, ROUNDER);
        int quadrant = Float.floatToRawIntBits(t);
        float r = Math.fma(t - ROUNDER, -0.25f, u);
        float y = (quadrant & 1) == 0 ? cosReduced(r) : sinReduced(r);
        return Float.intBitsToFloat(Float.floatToRawIntBits(y) ^ (quadrant + 1 & 2) << 30);
    }

    private static float sinReduced(float r) {
        float t = r * r;
        float p = Math.fma(S4, t, S3);
        p = Math.fma(p, t, S2);
        p = Math.fma(p, t, S1);
        p = Math.fma(p, t, TWO_PI_LOW);
        return Math.fma(r, TWO_PI_HIGH, r * p);
    }

    private static float cosReduced(float r) {
        float t = r * r;
        float p = Math.fma(C4, t, C3);
        p = Math.fma(p, t, C2);
        p = Math.fma(p, t, C1);
        return Math.fma(p, t, 1f);
    }

    private static float withSignOf(float magnitude, float sign) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | Float.floatToRawIntBits(sign) & SIGN);
    }
}
