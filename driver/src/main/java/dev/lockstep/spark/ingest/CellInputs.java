package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.apache.spark.sql.Row;

/** Inputs in columns of a data frame that have types: the cells as they are, which an encoding makes features of. */
final class CellInputs implements RowInputs {
    private static final long serialVersionUID = 1L;

    private final int[] columns;
    private final RowEncoding encoding;

    /**
     * Cells in some columns.
     *
     * @param columns numbers of the columns
     * @param encoding how their cells become features
     */
    CellInputs(List<Integer> columns, RowEncoding encoding) {
        this.columns = ColumnRoles.numbers(columns);
        this.encoding = encoding;
    }

    @Override
    public int width() {
        return encoding.width();
    }

    @Override
    public int[] columns() {
        return columns.clone();
    }

    @Override
    public ValueNames names() {
        return ValueNames.of(encoding);
    }

    @Override
    public RawRow newRow(Shape shape) {
        return new RawRow(encoding.encoder(), 0);
    }

    @Override
    public void read(Row row, RawRow raw) throws RowException {
        for (int i = 0; i < columns.length; i++) {
            raw.cells[i] = SparkImage.cell(row.get(columns[i]));
        }
    }
}
