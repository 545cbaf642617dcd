package dev.lockstep.nn.loss;

/** The standard normal distribution. */
final class Normal {
    private static final double HALF_LOG_TWO_PI = StrictMath.log(2 * Math.PI) / 2;
    /** Beyond it the series' terms grow past what their sum can hold; the tails are below 1e-17 there. */
    private static final double REACH = 8.5;

    private Normal() {}

    /** Mean of {@code |X|} for a normal {@code X}: {@code 2 s phi(m/s) + m (2 Phi(m/s) - 1)}, {@code s = sqrt(v)}. */
    static double meanDistance(double mean, double variance) {
        double deviation = Math.sqrt(variance);
        double x = mean / deviation;
        return 2 * deviation * StrictMath.exp(-x * x / 2 - HALF_LOG_TWO_PI) + mean * (2 * cumulative(x) - 1);
    }

    /** {@code Phi(x)}, to 1e-15: {@code 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...)} (Marsaglia 2004). */
    static double cumulative(double x) {
        if (!(Math.abs(x) < REACH)) {
            return Double.isNaN(x) ? x : x < 0 ? 0 : 1;
        }
        double sum = x;
        double before = 0;
        double term = x;
        for (int i = 3; sum != before; i += 2) {
            before = sum;
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * StrictMath.exp(-x * x / 2 - HALF_LOG_TWO_PI);
    }
}
