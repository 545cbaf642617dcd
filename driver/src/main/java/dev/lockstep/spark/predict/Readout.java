package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.tensor.Tensor;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.Targets;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a network's output says, as columns of a table.
 *
 * <ul>
 *   <li>A class: {@code prediction} (its name, or its index where classes have no names), {@code probability} of it, and
 *       {@code probability_NAME} of each class.
 *   <li>A number: {@code prediction}; several: {@code prediction_NAME} each.
 *   <li>A number with its variance: {@code standardDeviation} (or {@code standardDeviation_NAME}) too.
 * </ul>
 */
final class Readout implements Serializable {
    private static final long serialVersionUID = 1L;

    /** How the outputs of a row are to be read. */
    private enum Kind {
        CLASS,
        TWO_CLASSES,
        VALUES,
        VALUES_AND_VARIANCES
    }

    /** A column that is added. */
    private record Column(String name, DataType type) implements Serializable {}

    private final Kind kind;
    /** Names of the classes; null if they are called by their index. */
    private final String[] classNames;

    private final int outputs;
    private final ArrayList<Column> columns = new ArrayList<>();

    private Readout(Kind kind, String[] classNames, int outputs) {
        this.kind = kind;
        this.classNames = classNames;
        this.outputs = outputs;
    }

    /**
     * How to read a model's outputs.
     *
     * @throws IllegalArgumentException if a row's output is a sequence
     */
    static Readout of(Network network, ModelDescription description, DataSchema schema) {
        int outputs = network.output().size();
        if (network.output().rank() != 1) {
            throw new IllegalArgumentException("the network's output " + network.output()
                    + " is a sequence; a table holds one prediction a row, expected one dimension");
        }
        if (schema.targets() == Targets.CLASS) {
            return ofClasses(network.loss().link() instanceof Activation.Sigmoid, outputs, description.classes());
        }
        boolean variances = network.loss().link() instanceof Activation.MeanAndVariance;
        return ofValues(variances, variances ? outputs / 2 : outputs, schema.labelColumns());
    }

    private static Readout ofClasses(boolean sigmoid, int outputs, List<String> names) {
        String[] classNames = names == null ? null : names.toArray(String[]::new);
        Readout readout = new Readout(sigmoid ? Kind.TWO_CLASSES : Kind.CLASS, classNames, outputs);
        readout.add("prediction", classNames == null ? DataTypes.IntegerType : DataTypes.StringType);
        readout.add("probability", DataTypes.FloatType);
        for (int i = 0; i < (sigmoid ? 2 : outputs); i++) {
            readout.add("probability_" + (classNames == null ? i : classNames[i]), DataTypes.FloatType);
        }
        return readout;
    }

    private static Readout ofValues(boolean variances, int values, List<String> names) {
        Readout readout = new Readout(variances ? Kind.VALUES_AND_VARIANCES : Kind.VALUES, null, values);
        for (String role : variances ? List.of("prediction", "standardDeviation") : List.of("prediction")) {
            for (int i = 0; i < values; i++) {
                String suffix = names.size() == values ? names.get(i) : Integer.toString(i);
                readout.add(values == 1 ? role : role + "_" + suffix, DataTypes.FloatType);
            }
        }
        return readout;
    }

    private void add(String name, DataType type) {
        columns.add(new Column(name, type));
    }

    /** How many columns are added. */
    int width() {
        return columns.size();
    }

    /** A table's columns with the new ones behind them. */
    StructType addTo(StructType table) {
        StructType wider = table;
        for (Column column : columns) {
            if (List.of(table.fieldNames()).contains(column.name)) {
                throw new IllegalArgumentException("the input already has a column " + column.name
                        + ", which predictions are written to; rename it or leave it out");
            }
            wider = wider.add(column.name, column.type);
        }
        return wider;
    }

    /**
     * Reads one row's outputs.
     *
     * @param output outputs of all rows
     * @param row which row
     * @param cells overwritten from {@code at} on
     */
    void read(Tensor output, int row, Object[] cells, int at) {
        float[] values = output.array();
        int from = output.rowOffset(row);
        switch (kind) {
            case CLASS -> {
                int best = 0;
                for (int i = 0; i < outputs; i++) {
                    cells[at + 2 + i] = values[from + i];
                    best = values[from + i] > values[from + best] ? i : best;
                }
                named(best, values[from + best], cells, at);
            }
            case TWO_CLASSES -> {
                float second = values[from];
                cells[at + 2] = 1 - second;
                cells[at + 3] = second;
                named(second >= 0.5f ? 1 : 0, Math.max(second, 1 - second), cells, at);
            }
            case VALUES -> copy(values, from, cells, at);
            case VALUES_AND_VARIANCES -> {
                copy(values, from, cells, at);
                for (int i = 0; i < outputs; i++) {
                    cells[at + outputs + i] = (float) Math.sqrt(values[from + outputs + i]);
                }
            }
        }
    }

    private void named(int index, float probability, Object[] cells, int at) {
        if (classNames == null) {
            cells[at] = index;
        } else {
            cells[at] = classNames[index];
        }
        cells[at + 1] = probability;
    }

    private void copy(float[] values, int from, Object[] cells, int at) {
        for (int i = 0; i < outputs; i++) {
            cells[at + i] = values[from + i];
        }
    }
}
