package dev.lockstep.nn.metric;

/** Predicted distributions of numbers: one for each number that is predicted for the rows of a pass. */
public interface Densities {
    /**
     * Logarithm of the density of a value, in the targets' own units.
     *
     * @param index of the output that is the number's mean
     */
    double logDensity(int row, int index, double value);

    /**
     * Probability of what is not above a value.
     *
     * @param index of the output that is the number's mean
     */
    double cumulative(int row, int index, double value);

    /**
     * Continuous ranked probability score of a value, {@code integral (F(x) - [x >= value])^2 dx}, in the target's own
     * unit: the absolute error of a prediction without a width (Gneiting and Raftery 2007).
     *
     * @param index of the output that is the number's mean
     */
    double rankedScore(int row, int index, double value);
}
