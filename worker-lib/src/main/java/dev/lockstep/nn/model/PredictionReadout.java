package dev.lockstep.nn.model;

import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.TargetNames;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns that a row's prediction comes as, and what stands in them: what the network's likelihood says of the row.
 *
 * <ul>
 *   <li>A class: {@code prediction} (its name, or its index where classes have no names), {@code probability} of it,
 *       and {@code probability_NAME} of each class.
 *   <li>A number: {@code prediction}; several: {@code prediction_NAME} each.
 *   <li>A number with its variance: {@code standardDeviation} (or {@code standardDeviation_NAME}) too.
 * </ul>
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

    private final PredictionColumn[] columns;
    /** Names of the classes; none if they are called by their index. */
    private final String @Nullable [] classNames;

    private PredictionReadout(List<PredictionColumn> columns, @Nullable List<String> classNames) {
        this.columns = columns.toArray(PredictionColumn[]::new);
        this.classNames = classNames == null ? null : classNames.toArray(String[]::new);
    }

    /**
     * How to read a network's predictions.
     *
     * @param names what the targets are called
     * @param samples predictive samples; 0: nothing is random
     * @throws IllegalArgumentException if a row's output is a sequence
     */
    public static PredictionReadout of(Network network, TargetNames names, int samples) {
        if (network.output().rank() != 1) {
            throw new IllegalArgumentException("the network's output " + network.output()
                    + " is a sequence; a table holds one prediction a row, expected one dimension");
        }
        boolean mixed = samples > 0 || network.members().size() > 1;
        return new PredictionReadout(network.likelihood().columns(names, network.output(), mixed), names.classNames());
    }

    /** The columns, in order. */
    public List<PredictionColumn> columns() {
        return List.of(columns);
    }

    /** How many columns there are. */
    public int width() {
        return columns.length;
    }

    /** Whether classes have names; else they are called by their index. */
    public boolean namesClasses() {
        return classNames != null;
    }

    /**
     * What a column holds of a row.
     *
     * @param column its number
     * @param predicted predictions of all rows
     * @param row which row
     * @return a Float; of a class its name, or its index as an Integer
     */
    public Object read(int column, PredictiveDistribution predicted, int row) {
        double value = columns[column].read(predicted, row);
        if (!columns[column].holdsClass()) {
            return (float) value;
        }
        return classNames == null ? (Object) (int) value : classNames[(int) value];
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
