package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.metric.GaussianFit;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.model.PredictivePass;
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
    /** Whether several predictions are mixed. */
    private final boolean mixed;

    private final ArrayList<Column> columns = new ArrayList<>();

    /** What an output can be. */
    private final double least;

    private final double most;

    private Readout(Kind kind, String[] classNames, int outputs, boolean mixed, Activation link) {
        this.kind = kind;
        this.classNames = classNames;
        this.outputs = outputs;
        this.mixed = mixed;
        boolean probability = link instanceof Activation.Sigmoid;
        this.least = probability || link instanceof Activation.Exponential ? 0 : Double.NEGATIVE_INFINITY;
        this.most = probability ? 1 : Double.POSITIVE_INFINITY;
    }

    /**
     * How to read a model's outputs.
     *
     * @param samples predictive samples; 0: nothing is random
     * @throws IllegalArgumentException if a row's output is a sequence
     */
    static Readout of(Network network, ModelDescription description, DataSchema schema, int samples) {
        boolean mixed = samples > 0 || network.members().size() > 1;
        int outputs = network.output().size();
        if (network.output().rank() != 1) {
            throw new IllegalArgumentException("the network's output " + network.output()
                    + " is a sequence; a table holds one prediction a row, expected one dimension");
        }
        if (schema.targets() == Targets.CLASS) {
            return ofClasses(network.loss().link(), outputs, description.classes(), mixed);
        }
        return ofValues(network.loss().link(), outputs, schema.labelColumns(), mixed);
    }

    private static Readout ofClasses(Activation link, int outputs, List<String> names, boolean mixed) {
        String[] classNames = names == null ? null : names.toArray(String[]::new);
        boolean sigmoid = link instanceof Activation.Sigmoid;
        Readout readout = new Readout(sigmoid ? Kind.TWO_CLASSES : Kind.CLASS, classNames, outputs, mixed, link);
        readout.add("prediction", classNames == null ? DataTypes.IntegerType : DataTypes.StringType);
        readout.add("probability", DataTypes.FloatType);
        for (int i = 0; i < (sigmoid ? 2 : outputs); i++) {
            readout.add("probability_" + (classNames == null ? i : classNames[i]), DataTypes.FloatType);
        }
        if (mixed) {
            readout.add("entropy", DataTypes.FloatType);
            readout.add("mutualInformation", DataTypes.FloatType);
        }
        return readout;
    }

    private static Readout ofValues(Activation link, int outputs, List<String> names, boolean mixed) {
        boolean variances = link instanceof Activation.MeanAndVariance;
        int values = variances ? outputs / 2 : outputs;
        Readout readout = new Readout(variances ? Kind.VALUES_AND_VARIANCES : Kind.VALUES, null, values, mixed, link);
        List<String> roles = new ArrayList<>(List.of("prediction"));
        if (variances || mixed) {
            roles.add("standardDeviation");
        }
        if (mixed) {
            roles.addAll(
                    variances
                            ? List.of("aleatoricDeviation", "epistemicDeviation", "lower95", "upper95")
                            : List.of("lower95", "upper95"));
        }
        for (String role : roles) {
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
     * Reads one row's predictions.
     *
     * @param pass predictions of all rows
     * @param row which row
     * @param cells overwritten from {@code at} on
     */
    void read(PredictivePass pass, int row, Object[] cells, int at) {
        Tensor predictions = pass.predictions();
        float[] values = predictions.array();
        int from = predictions.rowOffset(row);
        switch (kind) {
            case CLASS -> {
                int best = 0;
                for (int i = 0; i < outputs; i++) {
                    cells[at + 2 + i] = values[from + i];
                    best = values[from + i] > values[from + best] ? i : best;
                }
                named(best, values[from + best], cells, at);
                entropies(pass, row, cells, at + 2 + outputs);
            }
            case TWO_CLASSES -> {
                float second = values[from];
                cells[at + 2] = 1 - second;
                cells[at + 3] = second;
                named(second >= 0.5f ? 1 : 0, Math.max(second, 1 - second), cells, at);
                entropies(pass, row, cells, at + 4);
            }
            case VALUES, VALUES_AND_VARIANCES -> {
                for (int i = 0; i < outputs; i++) {
                    value(pass, row, i, values[from + i], cells, at + i);
                }
            }
        }
    }

    private void entropies(PredictivePass pass, int row, Object[] cells, int at) {
        if (mixed) {
            cells[at] = (float) pass.predictiveEntropy(row);
            cells[at + 1] = (float) pass.mutualInformation(row);
        }
    }

    /** The cells of one number; those of the others lie between them. */
    private void value(PredictivePass pass, int row, int index, float mean, Object[] cells, int at) {
        double aleatoric = pass.aleatoricVariance(row, index);
        double epistemic = pass.epistemicVariance(row, index);
        double deviation = Math.sqrt(aleatoric + epistemic);
        int next = at;
        cells[next] = mean;
        if (kind == Kind.VALUES_AND_VARIANCES || mixed) {
            cells[next += outputs] = (float) deviation;
        }
        if (!mixed) {
            return;
        }
        if (kind == Kind.VALUES_AND_VARIANCES) {
            cells[next += outputs] = (float) Math.sqrt(aleatoric);
            cells[next += outputs] = (float) Math.sqrt(epistemic);
        }
        cells[next += outputs] = (float) Math.max(mean - GaussianFit.HALF_WIDTH * deviation, least);
        cells[next + outputs] = (float) Math.min(mean + GaussianFit.HALF_WIDTH * deviation, most);
    }

    private void named(int index, float probability, Object[] cells, int at) {
        if (classNames == null) {
            cells[at] = index;
        } else {
            cells[at] = classNames[index];
        }
        cells[at + 1] = probability;
    }
}
