package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of the cells of a row as its features, the columns one after the other. Part of a model.
 *
 * @param columns the columns, in order
 * @param nulls texts that stand for missing cells, see {@link RowReader}
 */
public record RowEncoding(
        @JsonProperty(required = true) List<Column> columns,
        @Nullable List<String> nulls) implements Serializable {
    public RowEncoding {
        columns = Expect.notEmpty("columns", columns);
        nulls = nulls == null ? null : List.copyOf(nulls);
    }

    /**
     * A column.
     *
     * @param name what the table calls it
     * @param encoding how its cells become features
     */
    public record Column(
            @JsonProperty(required = true) String name,
            @JsonProperty(required = true) ColumnEncoding encoding) implements Serializable {
        public Column {
            Expect.present("name", name);
            Expect.present("encoding", encoding);
        }
    }

    /**
     * Encodes cells that are like those that were measured.
     *
     * @param names of the columns
     * @param summaries as many
     * @param nulls see {@link RowReader}
     * @throws IllegalArgumentException naming a column of which too little was measured, and what to do
     */
    public static RowEncoding of(List<String> names, List<ColumnSummary> summaries, @Nullable List<String> nulls) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            try {
                columns.add(new Column(names.get(i), summaries.get(i).encoding()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("data.columns." + names.get(i) + ": " + e.getMessage(), e);
            }
        }
        return new RowEncoding(columns, nulls);
    }

    /** Columns of numbers, each a feature as it is. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public static RowEncoding ofNumbers(List<String> names) {
        Numeric number = new Numeric(Missing.Named.ERROR, NumberScale.NONE, null, null);
        ColumnEncoding encoding = new NumericEncoding(number, null, null, null, null, null);
        return new RowEncoding(
                names.stream().map(name -> new Column(name, encoding)).toList(), List.of());
    }

    /** The names of the columns. */
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** What the job wanted of the columns. */
    public List<ColumnSpec> specs() {
        return columns.stream().map(column -> column.encoding().spec()).toList();
    }

    /** How many features a row has. */
    public int width() {
        return columns.stream().mapToInt(column -> column.encoding().width()).reduce(0, Math::addExact);
    }

    /** The shape of a row's features: that of an image or a sequence, where that is the only column, else flat. */
    public Shape shape() {
        Shape own = columns.size() == 1 ? columns.get(0).encoding().shape() : null;
        return own == null ? Shape.of(width()) : own;
    }

    /**
     * What the cells of a row were, for a person, as far as its features tell.
     *
     * @param features of the row, as they were encoded
     */
    public List<String> texts(float[] features) {
        List<String> texts = new ArrayList<>();
        int at = 0;
        for (Column column : columns) {
            texts.add(column.encoding().text(features, at));
            at += column.encoding().width();
        }
        return texts;
    }

    /** What encodes rows in one thread. */
    public RowEncoder encoder() {
        return encoder(false);
    }

    /**
     * The same.
     *
     * @param lenient whether cells that their columns cannot take count as missing
     */
    public RowEncoder encoder(boolean lenient) {
        return new RowEncoder(this, lenient);
    }
}
