package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loss: what training minimises, the negative log-likelihood of the targets under a {@link #likelihood()} of the
 * outputs, up to what a loss adds to it (class weights, label smoothing) or leaves out (constants). Sums over rows,
 * never means: the division by the total weight happens once, after all shards' sums have been added.
 */
public sealed interface Loss extends Serializable
        permits ElementLoss,
                CrossEntropy,
                SoftCrossEntropy,
                Focal,
                Hinge,
                GaussianNll,
                NoiseLoss,
                MixtureDensity,
                NegativeBinomial,
                Quantile,
                Heads {

    /**
     * A column of the target.
     *
     * @param name the column's
     * @param classes how many classes there are; 0: it holds a number
     * @param classNames names of the classes in the order of their indexes; null: they are called by their index
     */
    record TargetColumn(String name, int classes, @Nullable List<String> classNames) implements Serializable {}

    /**
     * Checks that outputs of one shape can be compared with targets of another.
     *
     * @param output shape of the network's output
     * @param target shape of a row's target
     * @param classes number of classes of the data, 0 where targets are numbers
     * @throws IllegalArgumentException naming both
     */
    void check(Shape output, Shape target, int classes);

    /** Which targets there can be, where they are numbers. */
    default NumberRange targets() {
        return NumberRange.ANY;
    }

    /** What the outputs mean. */
    Likelihood likelihood();

    /** Whether weights of classes are to follow from the training rows, by {@link #balanced}. */
    default boolean balances() {
        return false;
    }

    /**
     * The same loss with the weights that make all classes count alike, where these are wanted.
     *
     * @param classTotals what the training rows of each class weigh
     */
    default Loss balanced(double[] classTotals) {
        return this;
    }

    /** Noise of the targets that is the same for all rows, so that no layer predicts it; null: there is none. */
    default @Nullable NoiseScale noise() {
        return null;
    }

    /** Room for the losses of a number of rows. */
    default RowLosses newRows(int maxRows) {
        return new RowLosses(maxRows);
    }

    /** The columns that hold the target, where the loss says which; empty: it does not. */
    default List<TargetColumn> targetColumns() {
        return List.of();
    }

    /**
     * The expected second derivatives of the negative log-likelihood of one step's targets, all together, by what the
     * last layer gives: the Fisher information of its outputs, which does not depend on the targets.
     */
    @FunctionalInterface
    interface Curvature {
        /**
         * Computes it.
         *
         * @param outputs read: the step's outputs from {@code at} on, before the likelihood's link, those that stand
         *     for noise among them
         * @param matrix overwritten: [units, units], row by row
         */
        void compute(float[] outputs, int at, int units, double[] matrix);
    }

    /** The curvature of the likelihood by the outputs; null where it is not known. */
    default @Nullable Curvature curvature() {
        return null;
    }

    /**
     * Computes the losses of a pass and the gradient of their sum.
     *
     * @param pass rows and sequence lengths
     * @param output read: the network's output, before the likelihood's link
     * @param target read
     * @param weights read: row weights
     * @param dOutput overwritten: gradient of the weighted loss sum by the output
     * @param rows overwritten: loss, weight and score of each row
     */
    void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows);

    /**
     * Computes the gradient as {@link #evaluate} does, and the losses as {@link #evaluateInOwnUnits} does: figures of
     * training rows are in the unit of all others.
     *
     * @param pass rows and sequence lengths
     * @param output read: the network's output, before the likelihood's link
     * @param target read, scaled
     * @param scaling what the targets have been scaled with; null: they have not
     * @param weights read: row weights
     * @param dOutput overwritten: gradient of the weighted loss sum by the output, both as training sees them
     * @param rows overwritten: loss, weight and score of each row, in the targets' own units
     */
    default void train(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        evaluate(pass, output, target, weights, dOutput, rows);
    }

    /**
     * Whether a loss in the targets' own units is that of scaled ones times a factor, as of squared errors, which a
     * divergence in the same sum would need too.
     */
    default boolean scalesWithTargets() {
        return false;
    }

    /**
     * Computes the losses of predictions outside training, in the targets' own units.
     *
     * @param pass rows and sequence lengths
     * @param output read: as {@link PredictiveDistribution#outputs()} gives them
     * @param target read: the targets as they are
     * @param scaling what the network sees the targets through; null: as they are
     * @param weights read: row weights
     * @param dOutput overwritten; scratch
     * @param rows overwritten: loss, weight and score of each row
     */
    default void evaluateInOwnUnits(
            Pass pass,
            Tensor output,
            Tensor target,
            @Nullable Scaling scaling,
            float[] weights,
            Tensor dOutput,
            RowLosses rows) {
        evaluate(pass, output, target, weights, dOutput, rows);
    }
}
