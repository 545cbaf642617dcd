package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.loss.PredictiveDistribution;
import dev.lockstep.nn.loss.TargetNames;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.PredictionReadout;
import dev.lockstep.spark.ingest.DataSchema;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of a {@link PredictionReadout} as columns of a table. */
final class Readout implements PredictionCells {
    private static final long serialVersionUID = 1L;

    private static final Set<Content> UNCERTAIN = EnumSet.of(
            Content.ENTROPY, Content.MUTUAL_INFORMATION, Content.STANDARD_DEVIATION, Content.EPISTEMIC_DEVIATION);

    private final PredictionReadout predictions;

    private Readout(PredictionReadout predictions) {
        this.predictions = predictions;
    }

    /**
     * How to read a model's predictions.
     *
     * @param samples predictive samples; 0: nothing is random
     * @param top how many of the most probable classes; 0: all, if they are not too many
     * @throws IllegalArgumentException if a row's output has more than two dimensions, or there are fewer classes
     */
    static Readout of(Network network, ModelDescription description, DataSchema schema, int samples, int top) {
        TargetNames names = new TargetNames(schema.targets().isClass(), description.classes(), schema.labelColumns());
        return new Readout(PredictionReadout.of(network, names, samples, top));
    }

    @Override
    public int width() {
        return predictions.width();
    }

    /** A table's columns with the new ones behind them. */
    StructType addTo(StructType table) {
        StructType wider = table;
        for (PredictionColumn column : predictions.columns()) {
            if (List.of(table.fieldNames()).contains(column.name())) {
                throw new IllegalArgumentException("the input already has a column " + column.name()
                        + ", which predictions are written to; rename it or leave it out");
            }
            wider = wider.add(column.name(), type(column));
        }
        return wider;
    }

    /** Names of the columns with a number that is the greater the less sure a row's prediction is. */
    List<String> uncertainties() {
        return predictions.columns().stream()
                .filter(column -> !predictions.isOfSteps() && UNCERTAIN.contains(column.content()))
                .map(PredictionColumn::name)
                .toList();
    }

    private DataType type(PredictionColumn column) {
        DataType one = typeOfOne(column);
        return predictions.isOfSteps() ? DataTypes.createArrayType(one, false) : one;
    }

    private DataType typeOfOne(PredictionColumn column) {
        if (!column.holdsClass()) {
            return DataTypes.FloatType;
        }
        return predictions.namesClass(column) ? DataTypes.StringType : DataTypes.IntegerType;
    }

    @Override
    public void write(PredictiveDistribution predicted, int row, CellSink out) {
        for (int i = 0; i < width(); i++) {
            Object cell = predictions.read(i, predicted, row);
            out.cell(cell instanceof List<?> steps ? steps.toArray() : cell);
        }
    }
}
