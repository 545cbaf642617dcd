package dev.lockstep.nn.metric;

/**
 * Places for scores on the scale of logits, each {@code 1/64} wide, from -32 to 32; what lies outside is in the first
 * or the last one. How many positives and negatives there are in each tells areas and thresholds without keeping all
 * scores.
 */
final class ScoreBins {
    /** How many. */
    static final int COUNT = 4096;

    private static final double PER_LOGIT = 64;

    private ScoreBins() {}

    /** The bin of a score; one that is no number is greater than all others. */
    static int of(double logit) {
        double place = Math.floor(logit * PER_LOGIT) + COUNT / 2;
        return place < 0 ? 0 : place < COUNT ? (int) place : COUNT - 1;
    }

    /** Where a bin begins. */
    static double lower(int bin) {
        return (bin - COUNT / 2) / PER_LOGIT;
    }
}
