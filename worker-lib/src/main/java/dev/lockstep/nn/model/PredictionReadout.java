package dev.lockstep.nn.model;

import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.TargetNames;
import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a row's prediction comes as, and what stands in them: what the network's likelihood says about the
 * row.
 *
 * <ul>
 *   <li>A class: {@code prediction} (its name, or its index where classes have no names), {@code probability} of it,
 *       and {@code probability_NAME} of each class; or, of many classes, {@code prediction2}, {@code probability2} and
 *       so on, the most probable ones after the first.
 *   <li>A number: {@code prediction}; several: {@code prediction_NAME} each.
 *   <li>A number with its variance: {@code standardDeviation} (or {@code standardDeviation_NAME}) too.
 * </ul>
 *
 * <p>Where each step of a row has an output, a row has a list of each, as long as the row.
 *
 * <p>Where a network has several heads, each has its columns, called {@code HEAD_prediction} and so on.
 *
 * <p>For a mixture of predictions, of samples or of an ensemble, there follow: for classes {@code entropy} in nats and
 * {@code mutualInformation}, its epistemic part; for numbers {@code standardDeviation}, its parts
 * {@code aleatoricDeviation} (where the loss predicts a variance) and {@code epistemicDeviation}, and the 95 % credible
 * interval of a Gaussian with that mean and deviation, {@code lower95} and {@code upper95}, as far as it lies where
 * such a number can be. Where the loss knows no noise of the targets (the mean squared error, say) deviation and
 * interval are those of the prediction; new targets scatter more.
 */
public final class PredictionReadout implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The most classes each of which has a column of its own unless {@code top} says otherwise. */
    public static final int MOST_CLASSES = 256;

    /** How many classes are written if there are more. */
    public static final int DEFAULT_TOP = 5;

    private final PredictionColumn[] columns;
    /** Names of the classes; none if they are called by their index. */
    private final @Nullable List<String> classNames;
    /** Whether each step of a row has predictions. */
    private final boolean sequences;

    private PredictionReadout(List<PredictionColumn> columns, @Nullable List<String> classNames, boolean sequences) {
        this.columns = columns.toArray(PredictionColumn[]::new);
        this.classNames = classNames;
        this.sequences = sequences;
    }

    /**
     * How to read a network's predictions.
     *
     * @param names what the targets are called
     * @param samples predictive samples; 0: nothing is random
     * @param top how many of the most probable classes to return; 0: the probability of every class up to
     *     {@value #MOST_CLASSES} classes, otherwise the {@value #DEFAULT_TOP} most probable ones
     * @throws IllegalArgumentException if a row's output has more than two dimensions, or there are fewer classes
     */
    public static PredictionReadout of(Network network, TargetNames names, int samples, int top) {
        if (network.output().rank() > 2) {
            throw new IllegalArgumentException("the network's output " + network.output()
                    + " has no columns; expected one dimension, or [steps, outputs]");
        }
        boolean mixed = samples > 0 || network.spec().members() > 1;
        Shape step = Shape.of(network.output().last());
        List<PredictionColumn> all = network.likelihood().columns(names, step, mixed);
        int most = top(all, step.size(), top);
        return new PredictionReadout(
                most == 0 ? all : PredictionColumn.ranked(all, most),
                names.classNames(),
                network.output().rank() == 2);
    }

    /** How many of the most probable classes are shown; 0: all, in their order. */
    private static int top(List<PredictionColumn> columns, int outputs, int top) {
        if (columns.get(0).isOfHead()) {
            if (top > 0) {
                throw new IllegalArgumentException("top: expected none where a network has several heads");
            }
            return 0;
        }
        boolean ranks = columns.stream().anyMatch(column -> column.content() == Content.MOST_PROBABLE_CLASS);
        if (top > 0 && !ranks) {
            throw new IllegalArgumentException(
                    "top: the model does not choose one of several classes, so there is nothing to rank");
        }
        if (ranks && (top < 0 || top > outputs)) {
            throw new IllegalArgumentException("top: expected 1 to " + outputs + ", the number of classes, got " + top);
        }
        return top == 0 && ranks && outputs > MOST_CLASSES ? DEFAULT_TOP : top;
    }

    /** The columns, in order. */
    public List<PredictionColumn> columns() {
        return List.of(columns);
    }

    /** How many columns there are. */
    public int width() {
        return columns.length;
    }

    /** Whether each step of a row has predictions. */
    public boolean isOfSteps() {
        return sequences;
    }

    /** Whether a column holds the name of a class: where classes have none, it is their index. */
    public boolean namesClass(PredictionColumn column) {
        return column.holdsClass() && (column.isOfHead() ? column.classNames() : classNames) != null;
    }

    /**
     * What a column holds of a row.
     *
     * @param column its number
     * @param predicted predictions of all rows
     * @param row which row
     * @return a Float; of a class its name, or its index as an Integer; where each step has predictions, a list of
     *     these, as long as the row
     */
    public Object read(int column, PredictiveDistribution predicted, int row) {
        if (!sequences) {
            return read(columns[column], predicted, row, 0);
        }
        List<Object> steps = new ArrayList<>(predicted.steps(row));
        for (int step = 0; step < predicted.steps(row); step++) {
            steps.add(read(columns[column], predicted, row, step));
        }
        return steps;
    }

    private Object read(PredictionColumn asked, PredictiveDistribution predicted, int row, int step) {
        double value = asked.read(predicted, row, step);
        if (!asked.holdsClass()) {
            return (float) value;
        }
        List<String> names = asked.isOfHead() ? asked.classNames() : classNames;
        return names == null ? (Object) (int) value : names.get((int) value);
    }

    /** All that is predicted of a row, by column, in order. */
    public Map<String, Object> read(PredictiveDistribution predicted, int row) {
        Map<String, Object> cells = new LinkedHashMap<>();
        for (int i = 0; i < columns.length; i++) {
            cells.put(columns[i].name(), read(i, predicted, row));
        }
        return cells;
    }
}
