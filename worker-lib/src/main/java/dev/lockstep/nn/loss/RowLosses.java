package dev.lockstep.nn.loss;

/**
 * What a loss says of each row of a pass, before any summation.
 *
 * @param loss weighted loss
 * @param weight weight the loss was multiplied with: row weight times class weight times unmasked steps
 * @param score weighted count of right answers, or weighted squared error ({@link Likelihood#score()} says which)
 * @param scoreWeight weight the score was multiplied with: the same without the class weight
 */
public record RowLosses(double[] loss, double[] weight, double[] score, double[] scoreWeight) {

    /** Room for a number of rows. */
    public RowLosses(int maxRows) {
        this(new double[maxRows], new double[maxRows], new double[maxRows], new double[maxRows]);
    }
}
