package dev.lockstep.spark.ingest;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Where the features lie in the rows of a data frame: in columns of numbers, arrays or vectors, one after the other. */
final class TableFeatures implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int[] columns;
    private final int[] sizes;
    private final String[] names;
    private final int width;

    private TableFeatures(int[] columns, int[] sizes, String[] names) {
        this.columns = columns;
        this.sizes = sizes;
        this.names = names;
        int sum = 0;
        for (int size : sizes) {
            sum = Math.addExact(sum, size);
        }
        this.width = sum;
    }

    /**
     * Features in some columns.
     *
     * @param source what errors call the table
     * @param schema of the table
     * @param chosen numbers of the columns
     * @param example a row, from which the sizes of arrays and vectors are taken; null: there are no rows
     */
    static TableFeatures of(String source, StructType schema, List<Integer> chosen, Row example) {
        int[] columns = chosen.stream().mapToInt(column -> column).toArray();
        int[] sizes = new int[columns.length];
        String[] names = new String[columns.length];
        for (int i = 0; i < columns.length; i++) {
            StructField field = schema.apply(columns[i]);
            names[i] = Columns.called(field.name());
            sizes[i] = 1;
            if (Cells.isVector(field.dataType())) {
                sizes[i] = example == null ? 0 : Cells.size(example.get(columns[i]));
            } else if (!Cells.isScalar(field.dataType())) {
                throw new IngestException(source + ": " + names[i] + ": expected numbers, an array or a vector, got "
                        + field.dataType().simpleString());
            }
        }
        return new TableFeatures(columns, sizes, names);
    }

    int width() {
        return width;
    }

    /** Reads the features of a row. */
    void read(Row row, double[] features) throws RowException {
        int at = 0;
        for (int i = 0; i < columns.length; i++) {
            Cells.read(row, columns[i], features, at, sizes[i], names[i]);
            at += sizes[i];
        }
    }
}
