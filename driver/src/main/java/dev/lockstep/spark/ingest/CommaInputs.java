package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.column.ColumnSpec;
import dev.lockstep.nn.data.column.Numeric;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.ingest.text.DecimalComma;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Inputs in columns of texts, in which numbers have a comma before their fraction. */
final class CommaInputs implements RowInputs {
    private static final long serialVersionUID = 1L;

    private final RowInputs inputs;
    private final int[] numbers;
    private final String[] names;

    private CommaInputs(RowInputs inputs, int[] numbers, String[] names) {
        this.inputs = inputs;
        this.numbers = numbers;
        this.names = names;
    }

    /**
     * The same inputs out of rows whose numbers are written so.
     *
     * @param inputs read numbers with a point
     * @param columns of the features
     * @param names of all columns
     * @param encoding says which of them are numbers; null: all are
     */
    static RowInputs of(RowInputs inputs, List<Integer> columns, List<String> names, @Nullable RowEncoding encoding) {
        List<ColumnSpec> types = encoding == null ? List.of() : encoding.specs();
        int[] numbers = ColumnRoles.numbers(columns.stream()
                .filter(column -> encoding == null || types.get(columns.indexOf(column)) instanceof Numeric)
                .toList());
        return new CommaInputs(
                inputs, numbers, names.stream().map(Columns::called).toArray(String[]::new));
    }

    @Override
    public int width() {
        return inputs.width();
    }

    @Override
    public int[] columns() {
        return inputs.columns();
    }

    @Override
    public ValueNames names() {
        return inputs.names();
    }

    @Override
    public boolean sequences() {
        return inputs.sequences();
    }

    @Override
    public RawRow newRow(Shape shape) {
        return inputs.newRow(shape);
    }

    @Override
    public void read(Row row, RawRow raw) throws RowException {
        Object[] cells = new Object[row.length()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = row.get(i);
        }
        for (int column : numbers) {
            if (cells[column] instanceof String text) {
                try {
                    cells[column] = DecimalComma.number(text);
                } catch (NumberFormatException e) {
                    throw new RowException(names[column], "expected a number, got " + Excerpt.quoted(text));
                }
            }
        }
        inputs.read(RowFactory.create(cells), raw);
    }
}
