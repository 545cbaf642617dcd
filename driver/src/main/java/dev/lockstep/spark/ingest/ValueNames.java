package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.NumberRange;
import dev.lockstep.nn.data.column.RowEncoding;
import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Names of the numbers of a row, its features or its targets, in errors: by their columns and, where a column holds an
 * array or a vector, their places in it; or by number. Travels to the executors.
 */
public final class ValueNames implements Serializable {
    private static final long serialVersionUID = 1L;

    /** What each column is called; a single word where numbers have no columns. */
    private final String[] columns;
    /** The first number of each column, and behind the last one how many there are; empty: no columns. */
    private final int[] starts;
    /** What the first number is numbered; -1: all are called by the word alone. */
    private final int first;

    private ValueNames(String[] columns, int[] starts, int first) {
        this.columns = columns;
        this.starts = starts;
        this.first = first;
    }

    /**
     * Numbers without columns: {@code feature 7}.
     *
     * @param word what one of them is called
     * @param first the number of the first one
     */
    static ValueNames numbered(String word, int first) {
        return new ValueNames(new String[] {word}, new int[0], first);
    }

    /** Numbers that errors do not distinguish. */
    static ValueNames called(String word) {
        return numbered(word, -1);
    }

    /**
     * Numbers in columns.
     *
     * @param called what errors call the columns
     * @param sizes how many numbers each holds; with more than one they are its elements, from 0
     */
    static ValueNames inColumns(List<String> called, int[] sizes) {
        int[] starts = new int[sizes.length + 1];
        for (int i = 0; i < sizes.length; i++) {
            starts[i + 1] = starts[i] + sizes[i];
        }
        return new ValueNames(called.toArray(String[]::new), starts, 0);
    }

    /** The features that the cells of columns become. */
    static ValueNames of(RowEncoding encoding) {
        int[] sizes = encoding.columns().stream()
                .mapToInt(column -> column.encoding().width())
                .toArray();
        return inColumns(encoding.names().stream().map(Columns::called).toList(), sizes);
    }

    /** Columns of one number each, by their names. */
    static ValueNames ofColumns(List<String> names) {
        int[] sizes = new int[names.size()];
        Arrays.fill(sizes, 1);
        return inColumns(names.stream().map(Columns::called).toList(), sizes);
    }

    /** What an error calls an element of a column that holds several. */
    static String element(String column, int element) {
        return column + ", element " + element;
    }

    /** The complaint about a number of the row that is none of those expected. */
    public RowException refused(int index, NumberRange expected, float got) {
        return new RowException(of(index), "expected " + expected.expected() + ", got " + Expect.show(got));
    }

    /** What an error calls a number of the row. */
    String of(int index) {
        if (starts.length == 0) {
            return first < 0 ? columns[0] : columns[0] + " " + (first + index);
        }
        int column = 0;
        while (starts[column + 1] <= index) {
            column++;
        }
        boolean single = starts[column + 1] - starts[column] == 1;
        return single ? columns[column] : element(columns[column], index - starts[column]);
    }
}
