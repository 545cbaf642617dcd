package dev.lockstep.nn.model;

import dev.lockstep.nn.random.CounterRandom;
import dev.lockstep.nn.random.Purpose;
import dev.lockstep.nn.random.StreamKey;
import dev.lockstep.nn.spec.Expect;

/**
 * The random choice of the next symbol: from {@code p_k^(1/T)}, normalised, among the {@code topK} most probable ones.
 * The number that decides follows from the seed and the place alone.
 *
 * @param temperature {@code T}: 1 draws from the probabilities themselves, less from the more probable ones; 0 takes
 *     the most probable one, the first of equals
 * @param topK how many are looked at, the first of equals; 0: all
 * @param seed of the random numbers
 */
public record Sampling(double temperature, int topK, long seed) {
    private static final double UNIT = 0x1p-53;

    public Sampling {
        Expect.notNegative("temperature", temperature);
        Expect.atLeast("topK", topK, 0);
    }

    /**
     * Draws one.
     *
     * @param logits read: logarithms of the probabilities, up to a constant
     * @param place how many were drawn before
     */
    int draw(double[] logits, long place) {
        int best = greatest(logits, Double.POSITIVE_INFINITY, -1);
        if (temperature == 0) {
            return best;
        }
        double[] weights = new double[logits.length];
        int count = topK == 0 ? logits.length : Math.min(topK, logits.length);
        double total = 0;
        int next = best;
        for (int i = 0; i < count && next >= 0; i++) {
            weights[next] = StrictMath.exp((logits[next] - logits[best]) / temperature);
            next = greatest(logits, logits[next], next);
        }
        for (double weight : weights) {
            total += weight;
        }
        double at = uniform(place) * total;
        int drawn = best;
        for (int k = 0; k < weights.length; k++) {
            if (weights[k] > 0) {
                drawn = k;
                at -= weights[k];
                if (at < 0) {
                    break;
                }
            }
        }
        return drawn;
    }

    /** The greatest one below a bound, or as great and behind a place; the first of equals; -1 where there is none. */
    private static int greatest(double[] logits, double bound, int behind) {
        int best = -1;
        for (int k = 0; k < logits.length; k++) {
            boolean allowed = logits[k] < bound || logits[k] == bound && k > behind;
            if (allowed && (best < 0 || logits[k] > logits[best])) {
                best = k;
            }
        }
        return best;
    }

    /** In [0, 1), with 53 bits. */
    private double uniform(long place) {
        long key = StreamKey.key(seed, Purpose.GENERATED);
        long high = Integer.toUnsignedLong(CounterRandom.word(key, 2 * place)) >>> 5;
        long low = Integer.toUnsignedLong(CounterRandom.word(key, 2 * place + 1)) >>> 6;
        return (high * (1L << 26) + low) * UNIT;
    }
}
