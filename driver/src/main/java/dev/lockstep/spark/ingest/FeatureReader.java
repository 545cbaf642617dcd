package dev.lockstep.spark.ingest;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.spark.sql.Row;

/**
 * Reads the features out of the rows of a {@link PredictionInput}, to the same bits as training would. Travels to the
 * executors; each task has its own, which is not for use by two threads at once.
 */
public final class FeatureReader implements Serializable {
    private static final long serialVersionUID = 1L;

    /** How features lie in a row. */
    enum Encoding {
        /** In columns of numbers, text, arrays and vectors. */
        COLUMNS,
        /** In one binary column, as little-endian doubles. */
        BINARY,
        /** In one text column, as {@code index:value} pairs. */
        LIBSVM
    }

    private final Encoding encoding;
    /** For {@link Encoding#COLUMNS}. */
    private final TableFeatures columns;
    /** Otherwise the one column. */
    private final int column;

    private final int place;
    private final int width;
    /** The column of the valid steps, or -1. */
    private final int length;

    private final String lengthName;
    private final int steps;
    private transient double[] values;

    /**
     * A reader of rows whose steps are all valid.
     *
     * @param columns where the features are, for {@link Encoding#COLUMNS}; otherwise null
     * @param column the column where they are, for the other encodings
     * @param place the column that says where the row stands
     */
    FeatureReader(Encoding encoding, TableFeatures columns, int column, int place, int width) {
        this(encoding, columns, column, place, width, -1, null, 0);
    }

    private FeatureReader(
            Encoding encoding,
            TableFeatures columns,
            int column,
            int place,
            int width,
            int length,
            String lengthName,
            int steps) {
        this.encoding = encoding;
        this.columns = columns;
        this.column = column;
        this.place = place;
        this.width = width;
        this.length = length;
        this.lengthName = lengthName;
        this.steps = steps;
    }

    /** The same reader for rows that say in a column how many of their steps are valid. */
    FeatureReader withLength(int lengthColumn, String name, int mostSteps) {
        return new FeatureReader(encoding, columns, column, place, width, lengthColumn, name, mostSteps);
    }

    /** Whether a row's valid steps are read too. */
    public boolean sequences() {
        return length >= 0;
    }

    /** How many floats are read from a row: its features, and its valid steps behind them. */
    public int width() {
        return sequences() ? width + 1 : width;
    }

    /**
     * Reads the features of a row, and its valid steps.
     *
     * @param out overwritten from {@code at} on
     * @throws IngestException if one is missing or not finite
     */
    public void read(Row row, float[] out, int at) {
        if (values == null) {
            values = new double[width];
        }
        try {
            switch (encoding) {
                case COLUMNS -> columns.read(row, values);
                case BINARY ->
                    ByteBuffer.wrap(row.getAs(column))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asDoubleBuffer()
                            .get(values);
                case LIBSVM -> {
                    LibSvmLine line = new LibSvmLine();
                    line.split("0 " + row.getString(column));
                    line.features(values);
                }
            }
            for (int i = 0; i < width; i++) {
                float feature = (float) values[i] + 0f;
                if (!Float.isFinite(feature)) {
                    throw Rounding.notFinite(values[i], "feature " + i);
                }
                out[at + i] = feature;
            }
            if (sequences()) {
                out[at + width] = Rounding.toLength(Cells.number(row, length, lengthName), steps);
            }
        } catch (RowException e) {
            throw new IngestException(row.getString(place) + ", " + e.getMessage());
        }
    }
}
