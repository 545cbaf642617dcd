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
}
