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
    private transient double[] values;

    /**
     * @param columns where the features are, for {@link Encoding#COLUMNS}; otherwise null
     * @param column the column where they are, for the other encodings
     * @param place the column that says where the row stands
     */
    FeatureReader(Encoding encoding, TableFeatures columns, int column, int place, int width) {
        this.encoding = encoding;
        this.columns = columns;
        this.column = column;
        this.place = place;
        this.width = width;
    }

    /** How many features a row has. */
    public int width() {
        return width;
    }

    /**
     * Reads the features of a row.
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
        } catch (RowException e) {
            throw new IngestException(row.getString(place) + ", " + e.getMessage());
        }
    }
}
