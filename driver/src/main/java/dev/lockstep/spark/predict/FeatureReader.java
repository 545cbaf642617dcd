package dev.lockstep.spark.predict;

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
    /** The column that says where the row stands. */
    private final int place;

    private final int steps;
    private transient @Nullable RawRow raw;

    /**
     * A reader.
     *
     * @param inputs reads a row's numbers
     * @param place the column that says where the row stands
     * @param steps how many steps of a sequence can be valid
     */
    FeatureReader(RowInputs inputs, int place, int steps) {
        this.inputs = inputs;
        this.place = place;
        this.steps = steps;
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
     * @throws IngestException if one is missing or not finite
     */
    public void read(Row row, float[] out, int at) {
        if (raw == null) {
            raw = new RawRow(inputs.width(), 0);
        }
        try {
            inputs.read(row, raw);
            raw.features(out, at, inputs.names());
            if (sequences()) {
                out[at + inputs.width()] = raw.length(steps);
            }
        } catch (RowException e) {
            throw new IngestException(row.getString(place) + ", " + e.getMessage());
        }
    }
}
