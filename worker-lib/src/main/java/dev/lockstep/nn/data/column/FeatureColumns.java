package dev.lockstep.nn.data.column;

import dev.lockstep.nn.tensor.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Groups of a network's features that come from the same column of the data. Where columns have types or names, a
 * column is what it is in the data: one of categories, however many features it becomes. Otherwise a column is a
 * feature of a vector, the feature of all steps of a sequence, or the pixel of an image with all of its channels.
 *
 * @param columns the columns, in the order of the data; each feature belongs to one
 */
public record FeatureColumns(List<Column> columns) implements Serializable {
    /** Copies. */
    public FeatureColumns {
        columns = List.copyOf(columns);
    }

    /**
     * A column.
     *
     * @param name its name, or its number from 0
     * @param features how many features it becomes
     * @param first the first of them
     * @param stride from one of them to the next
     */
    public record Column(String name, int features, int first, int stride) implements Serializable {
        /** The number of one of its features among those of the row. */
        public int feature(int index) {
            return first + index * stride;
        }
    }

    /**
     * The columns of a model.
     *
     * @param input shape of a row of features
     * @param cells how the cells of columns become features; null where features have no columns
     */
    public static FeatureColumns of(Shape input, @Nullable RowEncoding cells) {
        List<Column> columns = new ArrayList<>();
        if (cells != null) {
            int first = 0;
            for (RowEncoding.Column column : cells.columns()) {
                int width = column.encoding().width();
                columns.add(new Column(column.name(), width, first, 1));
                first += width;
            }
            return new FeatureColumns(columns);
        }
        int last = input.last();
        int count =
                switch (input.rank()) {
                    case 1 -> input.size();
                    case 2 -> last;
                    default -> input.size() / last;
                };
        for (int i = 0; i < count; i++) {
            String name = Integer.toString(i);
            columns.add(
                    input.rank() > 2
                            ? new Column(name, last, i * last, 1)
                            : new Column(name, input.size() / count, i, count));
        }
        return new FeatureColumns(columns);
    }

    /** Their names. */
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** Some of the columns, in their own order. */
    public FeatureColumns only(List<String> names) {
        return new FeatureColumns(
                columns.stream().filter(column -> names.contains(column.name())).toList());
    }

    /** The column that each feature belongs to, by the feature's number. */
    public int[] columnOfFeature() {
        int[] owners = new int[columns.stream().mapToInt(Column::features).sum()];
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            int owner = i;
            IntStream.range(0, column.features()).forEach(index -> owners[column.feature(index)] = owner);
        }
        return owners;
    }
}
