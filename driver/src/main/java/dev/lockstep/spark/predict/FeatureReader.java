package dev.lockstep.spark.predict;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.RawRow;
import dev.lockstep.spark.ingest.RowException;
import dev.lockstep.spark.ingest.RowInputs;
import dev.lockstep.spark.ingest.RowPlaces;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Reads the features out of the rows of a {@link PredictionInput}, to the same bits as training would. Travels to the
 * executors; each task has its own, which is not for use by two threads at once.
 */
public final class FeatureReader implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowInputs inputs;
    private final RowPlaces places;

    private final Shape shape;
    private final RowRules rules;
    private transient @Nullable RawRow raw;
    private transient @Nullable RowLayout layout;

    /**
     * A reader.
     *
     * @param inputs reads a row's numbers
     * @param places says where a row stands
     * @param shape of the features
     * @param rules what the features must be for the network
     */
    FeatureReader(RowInputs inputs, RowPlaces places, Shape shape, RowRules rules) {
        this.inputs = inputs;
        this.places = places;
        this.shape = shape;
        this.rules = rules;
    }

    /** The same reader for a network that takes these rows. */
    public FeatureReader under(RowRules needed) {
        return new FeatureReader(inputs, places, shape, needed);
    }

    /**
     * A reader of arguments of a function.
     *
     * @param function what errors call it
     */
    static FeatureReader of(String function, RowInputs inputs, Shape shape) {
        return new FeatureReader(inputs, RowPlaces.called(function), shape, RowRules.ANY);
    }

    /** The same reader for one task, where of the columns that say where a row stands only some are there. */
    FeatureReader seeing(IntPredicate has) {
        return new FeatureReader(inputs, places.seeing(has), shape, rules);
    }

    /** The numbers of the columns that are read, each once. */
    int[] columns() {
        return IntStream.concat(Arrays.stream(inputs.columns()), Arrays.stream(places.columns()))
                .distinct()
                .toArray();
    }

    /** Whether a row's valid steps are read too. */
    public boolean sequences() {
        return inputs.sequences();
    }

    /**
     * Reads the features of a row, and its valid steps.
     *
     * @param rows get the row, with a target of 0, unless there is an error
     * @throws IngestException if a feature is missing, not finite or nothing that the network takes
     */
    public void read(Row row, RowArray rows) {
        RawRow current = raw;
        if (current == null) {
            current = inputs.newRow(shape);
            raw = current;
            layout = new RowLayout(shape, Shape.of(1), false, sequences());
        }
        try {
            inputs.read(row, current);
            if (!current.complete()) {
                throw new RowException(
                        null, "a cell is missing in a column with missing: dropRow, so there is no prediction");
            }
            current.pack(rows, sequences() ? new float[] {0, current.length()} : new float[1], inputs.names());
            int last = rows.rows() - 1;
            int wrong = rules.wrongFeature(rows, last, Objects.requireNonNull(layout));
            if (wrong >= 0) {
                float value = rows.feature(last, wrong);
                rows.removeLast();
                throw inputs.names().refused(wrong, rules.features(), value);
            }
        } catch (RowException e) {
            throw new IngestException(places.of(row) + ", " + e.getMessage());
        }
    }
}
