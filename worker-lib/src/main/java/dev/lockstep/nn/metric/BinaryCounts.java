package dev.lockstep.nn.metric;

/**
 * Weights of the four outcomes of a yes-or-no question.
 *
 * @param truePositive said yes, and it is
 * @param falsePositive said yes, and it is not
 * @param falseNegative said no, and it is
 */
record BinaryCounts(double truePositive, double falsePositive, double falseNegative) {

    /** Share of what was said to be that is: 0 where nothing was said to be. */
    double precision() {
        return share(truePositive, truePositive + falsePositive);
    }

    /** Share of what is that was said to be: 0 where nothing is. */
    double recall() {
        return share(truePositive, truePositive + falseNegative);
    }

    /** Harmonic mean of the two, {@code 2 TP / (2 TP + FP + FN)}. */
    double f1() {
        return share(2 * truePositive, 2 * truePositive + falsePositive + falseNegative);
    }

    private static double share(double part, double whole) {
        return whole == 0 ? 0 : part / whole;
    }
}
