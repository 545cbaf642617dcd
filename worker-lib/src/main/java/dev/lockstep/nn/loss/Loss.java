package dev.lockstep.nn.loss;

import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.io.Serializable;

/**
 * A loss: the negative log-likelihood of the targets under a named model of the outputs. Sums over rows, never means:
 * the division by the total weight happens once, after all shards' sums have been added.
 */
public sealed interface Loss extends Serializable permits ElementLoss, CrossEntropy, GaussianNll {

    /**
     * Checks that outputs of one shape can be compared with targets of another.
     *
     * @param output shape of the network's output
     * @param target shape of a row's target
     * @param classes number of classes of the data, 0 where targets are numbers
     * @throws IllegalArgumentException naming both
     */
    void check(Shape output, Shape target, int classes);

    /**
     * Whether a row's target is a class, known by its label, rather than numbers.
     *
     * @param labelColumns how many columns hold the target
     */
    default boolean classifies(int labelColumns) {
        return false;
    }

    /**
     * The activation that turns the network's last linear output into a prediction. Where the last layer already ends
     * in it, the loss takes its place in training (from logits: exact and stable), so either way of writing a network
     * means the same.
     */
    Activation link();

    /** The figure reported beside the loss. */
    Score score();

    /**
     * The figures that say how good a network with this loss is.
     *
     * @param output shape of the network's output
     */
    MetricSet metrics(Shape output);

    /**
     * Computes the losses of a pass and the gradient of their sum.
     *
     * @param pass rows and sequence lengths
     * @param output read: the network's output, before {@link #link()}
     * @param target read
     * @param weights read: row weights
     * @param dOutput overwritten: gradient of the weighted loss sum by the output
     * @param rows overwritten: loss, weight and score of each row
     */
    void evaluate(Pass pass, Tensor output, Tensor target, float[] weights, Tensor dOutput, RowLosses rows);
}
