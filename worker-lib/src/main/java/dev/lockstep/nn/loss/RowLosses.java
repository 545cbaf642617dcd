package dev.lockstep.nn.loss;

import java.util.ArrayList;
import java.util.List;

/**
 * The loss of each row of a pass, before any summation.
 *
 * @param loss weighted loss
 * @param weight weight the loss was multiplied with: row weight times class weight times unmasked steps
 * @param score weighted count of right answers, or weighted squared error ({@link Likelihood#score()} says which)
 * @param scoreWeight weight the score was multiplied with: the same without the class weight
 * @param heads the same of each head, where a loss has several
 */
public record RowLosses(double[] loss, double[] weight, double[] score, double[] scoreWeight, List<RowLosses> heads) {

    /** Room for a number of rows of a loss with one head. */
    public RowLosses(int maxRows) {
        this(maxRows, 0);
    }

    /** Room for a number of rows of a loss with several heads; 0: it has one. */
    RowLosses(int maxRows, int heads) {
        this(new double[maxRows], new double[maxRows], new double[maxRows], new double[maxRows], rooms(maxRows, heads));
    }

    private static List<RowLosses> rooms(int maxRows, int heads) {
        List<RowLosses> rooms = new ArrayList<>();
        for (int i = 0; i < heads; i++) {
            rooms.add(new RowLosses(maxRows));
        }
        return rooms;
    }
}
