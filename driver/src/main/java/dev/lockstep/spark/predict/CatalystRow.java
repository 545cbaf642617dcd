package dev.lockstep.spark.predict;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.Function2;

/**
 * A row of Spark's own form as a {@link Row} of a table: a cell is decoded when it is asked for, and once. Columns that
 * nobody has read are {@code null}. One object serves all rows of a task.
 */
final class CatalystRow implements Row {
    private static final long serialVersionUID = 1L;

    private final transient Function2<SpecializedGetters, Object, Object>[] getters;
    private final transient Function1<Object, Object>[] decoders;
    /** By column: where it is among the arguments; -1: it is none of them. */
    private final int[] arguments;
    /** By column: where it is in the row that they come from; -1: it is not there. */
    private final int[] others;

    private final @Nullable Object[] cells;
    private final boolean[] decoded;
    private transient InternalRow argument = InternalRow.empty();
    private transient InternalRow row = InternalRow.empty();

    /**
     * A row.
     *
     * @param table the columns
     * @param read numbers of those that {@link #show} is given
     * @param places where they are in what it is given; none: in their order
     * @param row the columns of the row that they come from
     */
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    CatalystRow(StructType table, int[] read, int[] places, StructType row) {
        int columns = table.size();
        getters = new Function2[columns];
        decoders = new Function1[columns];
        arguments = new int[columns];
        others = new int[columns];
        cells = new Object[columns];
        decoded = new boolean[columns];
        Arrays.fill(arguments, -1);
        for (int i = 0; i < read.length; i++) {
            arguments[read[i]] = places.length == 0 ? i : places[i];
        }
        List<String> names = Arrays.asList(row.fieldNames());
        for (int column = 0; column < columns; column++) {
            DataType type = table.apply(column).dataType();
            int other = names.indexOf(table.apply(column).name());
            others[column] = other >= 0 && row.apply(other).dataType().equals(type) ? other : -1;
            getters[column] = InternalRow.getAccessor(type, true);
            decoders[column] = CatalystTypeConverters.createToScalaConverter(type);
        }
    }

    /**
     * Shows another row.
     *
     * @param read the columns that are read
     * @param whole the row that they come from
     */
    void show(InternalRow read, InternalRow whole) {
        argument = read;
        row = whole;
        Arrays.fill(decoded, false);
    }

    /** Whether a column can be read. */
    boolean has(int column) {
        return arguments[column] >= 0 || others[column] >= 0;
    }

    @Override
    public int length() {
        return cells.length;
    }

    @Override
    public @Nullable Object get(int column) {
        if (!decoded[column]) {
            cells[column] = decode(column);
            decoded[column] = true;
        }
        return cells[column];
    }

    private @Nullable Object decode(int column) {
        InternalRow from = arguments[column] >= 0 ? argument : row;
        int at = arguments[column] >= 0 ? arguments[column] : others[column];
        Object cell = at < 0 ? null : getters[column].apply(from, at);
        return cell == null ? null : decoders[column].apply(cell);
    }

    @Override
    public Row copy() {
        Object[] values = new Object[cells.length];
        for (int column = 0; column < values.length; column++) {
            values[column] = get(column);
        }
        return RowFactory.create(values);
    }
}
