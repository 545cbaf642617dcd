package dev.lockstep.spark.predict;

import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowException;
import dev.lockstep.spark.ingest.RowInputs;
import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Reads the features out of the rows of a {@link PredictionInput}, to the same bits as training would. Travels to the
 * executors; each task has its own, which is not for use by two threads at once.
 */
public final class FeatureReader implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowInputs inputs;
    /** The column that says where the row stands; -1: {@link #source} says it. */
    private final int place;

    private final String source;

    private final Shape shape;
    private final RowRules rules;
    private transient @Nullable RawRow raw;

    /**
     * A reader.
     *
     * @param inputs reads a row's numbers
     * @param place the column that says where the row stands
     * @param shape of the features
     * @param rules what the features must be for the network
     */
    FeatureReader(RowInputs inputs, int place, Shape shape, RowRules rules) {
        this(inputs, place, "", shape, rules);
    }

    private FeatureReader(RowInputs inputs, int place, String source, Shape shape, RowRules rules) {
        this.inputs = inputs;
        this.place = place;
        this.source = source;
        this.shape = shape;
        this.rules = rules;
    }

    /** The same reader for a network that takes these rows. */
    public FeatureReader under(RowRules needed) {
        return new FeatureReader(inputs, place, source, shape, needed);
    }

    /**
     * A reader of arguments of a function.
     *
     * @param function what errors call it
     */
    static FeatureReader of(String function, RowInputs inputs, Shape shape) {
        return new FeatureReader(inputs, -1, function, shape, RowRules.ANY);
    }

    /** Whether a row's valid steps are read too. */
    public boolean sequences() {
        return inputs.sequences();
    }

    /** How many floats are read from a row: its features, and its valid steps behind them. */
    public int width() {
        return sequences() ? inputs.width() + 1 : inputs.width();
    }

    /**
     * Reads the features of a row, and its valid steps.
     *
     * @param out overwritten from {@code at} on
     * @throws IngestException if one is missing, not finite or nothing that the network takes
     */
    public void read(Row row, float[] out, int at) {
        if (raw == null) {
            raw = inputs.newRow(shape);
        }
        try {
            inputs.read(row, raw);
            if (!raw.complete()) {
                throw new RowException(
                        null, "a cell is missing in a column with missing: dropRow, so there is no prediction");
            }
            raw.features(out, at, inputs.names());
            int steps = shape.dimension(0);
            if (sequences()) {
                float length = raw.length();
                out[at + inputs.width()] = length;
                steps = (int) length;
            }
            int wrong = rules.wrongFeature(out, at, shape, steps);
            if (wrong >= 0) {
                throw inputs.names().refused(wrong, rules.features(), out[at + wrong]);
            }
        } catch (RowException e) {
            throw new IngestException((place < 0 ? source : row.getString(place)) + ", " + e.getMessage());
        }
    }
}
