package dev.lockstep.spark.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Inputs in columns of a data frame: the features in columns of numbers, arrays or vectors, one after the other, and
 * perhaps a column of the valid steps.
 */
final class TableInputs implements RowInputs {
    private static final long serialVersionUID = 1L;

    private final int[] columns;
    private final int[] sizes;
    private final String[] names;
    private final boolean measured;
    /** The column of the valid steps; all are unless given. */
    private final @Nullable NumberColumn length;

    private final int width;
    private final ValueNames numbers;

    private TableInputs(int[] columns, int[] sizes, String[] names, boolean measured, @Nullable NumberColumn length) {
        this.columns = columns;
        this.sizes = sizes;
        this.names = names;
        this.measured = measured;
        this.length = length;
        int sum = 0;
        for (int size : sizes) {
            sum = Math.addExact(sum, size);
        }
        this.width = sum;
        numbers = ValueNames.inColumns(List.of(names), sizes);
    }

    /**
     * Features in some columns.
     *
     * @param source what errors call the table
     * @param table a row of it, in which none is missing, tells the sizes of arrays and vectors
     * @param chosen numbers of the columns
     * @param length the column of the valid steps; all are unless given
     */
    static TableInputs of(String source, Dataset<Row> table, List<Integer> chosen, @Nullable NumberColumn length) {
        return of(source, table, chosen, length, 0);
    }

    /**
     * Features whose number is known: where one column alone is an array or a vector, its size follows and no row has
     * to be read.
     *
     * @param width how many there are in all; 0: not known
     */
    static TableInputs of(
            String source, Dataset<Row> table, List<Integer> chosen, @Nullable NumberColumn length, int width) {
        StructType schema = table.schema();
        List<Integer> vectors = chosen.stream()
                .filter(column -> Cells.isVector(schema.apply(column).dataType()))
                .toList();
        int follows = vectors.size() == 1 ? Math.max(0, width - chosen.size() + 1) : 0;
        Row example = vectors.isEmpty() || follows > 0 ? null : example(table, vectors);
        return of(
                source,
                schema,
                chosen,
                column -> example == null ? follows : Cells.size(example.get(column)),
                vectors.isEmpty() || follows > 0 || example != null,
                length);
    }

    /**
     * Features of rows that are like one that is there.
     *
     * @param example tells the types, and the sizes of arrays and vectors
     */
    static TableInputs of(String source, Row example, List<Integer> chosen, @Nullable NumberColumn length) {
        return of(source, example.schema(), chosen, column -> Cells.size(example.get(column)), true, length);
    }

    private static TableInputs of(
            String source,
            StructType schema,
            List<Integer> chosen,
            IntUnaryOperator vectorSizes,
            boolean measured,
            @Nullable NumberColumn length) {
        int[] columns = ColumnRoles.numbers(chosen);
        int[] sizes = new int[columns.length];
        String[] names = new String[columns.length];
        List<String> unusable = new ArrayList<>();
        for (int i = 0; i < columns.length; i++) {
            StructField field = schema.apply(columns[i]);
            names[i] = Columns.called(field.name());
            sizes[i] = 1;
            if (Cells.isVector(field.dataType())) {
                sizes[i] = vectorSizes.applyAsInt(columns[i]);
            } else if (!Cells.isScalar(field.dataType())) {
                unusable.add(names[i] + ": expected numbers, an array or a vector, got "
                        + field.dataType().simpleString());
            }
        }
        if (!unusable.isEmpty()) {
            throw new IngestException(source + ": " + String.join("; ", unusable)
                    + "; data.columns gives types to columns of times and names");
        }
        return new TableInputs(columns, sizes, names, measured, length);
    }

    private static @Nullable Row example(Dataset<Row> table, List<Integer> vectors) {
        Dataset<Row> complete = table;
        for (int column : vectors) {
            complete = complete.filter(functions
                    .col("`" + table.columns()[column].replace("`", "``") + "`")
                    .isNotNull());
        }
        List<Row> rows = complete.takeAsList(1);
        return rows.isEmpty() ? null : rows.get(0);
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int[] columns() {
        int[] all = Arrays.copyOf(columns, columns.length + (length == null ? 0 : 1));
        if (length != null) {
            all[columns.length] = length.index();
        }
        return all;
    }

    @Override
    public ValueNames names() {
        return numbers;
    }

    @Override
    public boolean sequences() {
        return length != null;
    }

    /** Whether the width is known: not if there is no row to tell the size of a vector. */
    boolean isMeasured() {
        return measured;
    }

    @Override
    public void read(Row row, RawRow raw) throws RowException {
        if (length != null) {
            raw.length(length.read(row));
        }
        if (length == null && hasSparseCell(row)) {
            readEntries(row, raw);
            return;
        }
        int valid = raw.validFeatures();
        double[] numbers = raw.features();
        int at = 0;
        for (int i = 0; i < columns.length && at < valid; i++) {
            Cells.read(row, columns[i], numbers, at, Math.min(sizes[i], valid - at), sizes[i], names[i]);
            at += sizes[i];
        }
    }

    private boolean hasSparseCell(Row row) {
        for (int column : columns) {
            if (Cells.isSparse(row.get(column))) {
                return true;
            }
        }
        return false;
    }

    private void readEntries(Row row, RawRow raw) throws RowException {
        raw.beginEntries();
        int at = 0;
        for (int i = 0; i < columns.length; i++) {
            Cells.entries(row, columns[i], raw, at, sizes[i], names[i]);
            at += sizes[i];
        }
    }
}
