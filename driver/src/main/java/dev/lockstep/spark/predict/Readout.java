package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.TargetNames;
import dev.lockstep.nn.model.Network;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.Targets;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns that the network's likelihood says of a row, as columns of a table.
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
final class Readout implements PredictionCells {
    private static final long serialVersionUID = 1L;

    private final PredictionColumn[] columns;
    /** Names of the classes; none if they are called by their index. */
    private final String @Nullable [] classNames;

    private Readout(List<PredictionColumn> columns, @Nullable List<String> classNames) {
        this.columns = columns.toArray(PredictionColumn[]::new);
        this.classNames = classNames == null ? null : classNames.toArray(String[]::new);
    }

    /**
     * How to read a model's predictions.
     *
     * @param samples predictive samples; 0: nothing is random
     * @throws IllegalArgumentException if a row's output is a sequence
     */
    static Readout of(Network network, ModelDescription description, DataSchema schema, int samples) {
        if (network.output().rank() != 1) {
            throw new IllegalArgumentException("the network's output " + network.output()
                    + " is a sequence; a table holds one prediction a row, expected one dimension");
        }
        TargetNames names =
                new TargetNames(schema.targets() == Targets.CLASS, description.classes(), schema.labelColumns());
        boolean mixed = samples > 0 || network.members().size() > 1;
        return new Readout(network.likelihood().columns(names, network.output(), mixed), description.classes());
    }

    @Override
    public int width() {
        return columns.length;
    }

    /** A table's columns with the new ones behind them. */
    StructType addTo(StructType table) {
        StructType wider = table;
        for (PredictionColumn column : columns) {
            if (List.of(table.fieldNames()).contains(column.name())) {
                throw new IllegalArgumentException("the input already has a column " + column.name()
                        + ", which predictions are written to; rename it or leave it out");
            }
            wider = wider.add(column.name(), type(column));
        }
        return wider;
    }

    private DataType type(PredictionColumn column) {
        if (!column.holdsClass()) {
            return DataTypes.FloatType;
        }
        return classNames == null ? DataTypes.IntegerType : DataTypes.StringType;
    }

    @Override
    public void read(PredictiveDistribution predicted, int row, Object[] cells, int at) {
        for (int i = 0; i < columns.length; i++) {
            double value = columns[i].read(predicted, row);
            cells[at + i] = columns[i].holdsClass() ? classOf((int) value) : Float.valueOf((float) value);
        }
    }

    private Object classOf(int index) {
        return classNames == null ? Integer.valueOf(index) : classNames[index];
    }
}
