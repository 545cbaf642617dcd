package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.NumberText;
import dev.lockstep.nn.spec.Excerpt;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.jspecify.annotations.Nullable;

/** Reads numbers out of the cells of a data frame's rows: numbers, truth values, text, arrays and vectors. */
final class Cells {
    private Cells() {}

    /** Whether cells of the type hold a vector or an array: several features. */
    static boolean isVector(DataType type) {
        return type instanceof ArrayType || type.typeName().equals("vector") || isVectorClass(type);
    }

    /** Both of Spark's vector types, which share no public supertype. */
    private static boolean isVectorClass(DataType type) {
        return type.getClass().getSimpleName().equals("VectorUDT");
    }

    /** Whether cells of the type hold one number; text may. */
    static boolean isScalar(DataType type) {
        return type instanceof NumericType || type instanceof BooleanType || type instanceof StringType;
    }

    /** How many numbers a cell holds. */
    static int size(Object cell) {
        if (cell instanceof Vector vector) {
            return vector.size();
        }
        if (cell instanceof org.apache.spark.mllib.linalg.Vector vector) {
            return vector.size();
        }
        return cell instanceof scala.collection.Seq<?> sequence ? sequence.length() : 1;
    }

    /** The one number of a cell. */
    static double number(Row row, int index, String column) throws RowException {
        return number(row.get(index), column);
    }

    private static double number(Object cell, String column) throws RowException {
        if (cell instanceof BigDecimal decimal) {
            return decimal.doubleValue();
        }
        if (cell instanceof Number number) {
            return number.doubleValue();
        }
        if (cell instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        if (cell instanceof String text) {
            try {
                return NumberText.parse(text);
            } catch (NumberFormatException e) {
                throw new RowException(column, "expected a number, got " + Excerpt.quoted(text));
            }
        }
        throw new RowException(
                column, "expected a number, got " + (cell == null ? "nothing" : Excerpt.of(cell.toString())));
    }

    /**
     * Reads the first numbers of a cell; nobody looks at the others.
     *
     * @param out overwritten from {@code at} on
     * @param count how many are read
     * @param size how many numbers there must be
     */
    static void read(Row row, int index, double[] out, int at, int count, int size, String column) throws RowException {
        Object cell = cell(row, index, size, column);
        if (cell instanceof SparseVector sparse) {
            scatter(sparse.indices(), sparse.values(), out, at, count);
        } else if (cell instanceof Vector dense) {
            System.arraycopy(dense.toArray(), 0, out, at, count);
        } else if (cell instanceof org.apache.spark.mllib.linalg.SparseVector sparse) {
            scatter(sparse.indices(), sparse.values(), out, at, count);
        } else if (cell instanceof org.apache.spark.mllib.linalg.Vector dense) {
            System.arraycopy(dense.toArray(), 0, out, at, count);
        } else if (cell instanceof scala.collection.Seq<?>) {
            List<Object> list = row.getList(index);
            for (int i = 0; i < count; i++) {
                out[at + i] = element(list.get(i), column, i);
            }
        } else {
            out[at] = number(cell, column);
        }
    }

    /** Whether a cell holds a sparse vector. */
    static boolean isSparse(@Nullable Object cell) {
        return cell instanceof SparseVector || cell instanceof org.apache.spark.mllib.linalg.SparseVector;
    }

    /**
     * Gives those numbers of a cell that are not 0, as entries.
     *
     * @param at the feature that the cell's first number is
     * @param size how many numbers there must be
     */
    static void entries(Row row, int index, RawRow raw, int at, int size, String column) throws RowException {
        Object cell = cell(row, index, size, column);
        if (cell instanceof SparseVector sparse) {
            entries(sparse.indices(), sparse.values(), raw, at);
        } else if (cell instanceof org.apache.spark.mllib.linalg.SparseVector sparse) {
            entries(sparse.indices(), sparse.values(), raw, at);
        } else {
            double[] numbers = new double[size];
            read(row, index, numbers, 0, size, size, column);
            for (int i = 0; i < size; i++) {
                if (numbers[i] != 0) {
                    raw.entry(at + i, numbers[i]);
                }
            }
        }
    }

    private static void entries(int[] indices, double[] values, RawRow raw, int at) {
        for (int i = 0; i < indices.length; i++) {
            raw.entry(at + indices[i], values[i]);
        }
    }

    /** A cell of so many numbers. */
    private static Object cell(Row row, int index, int size, String column) throws RowException {
        Object cell = row.get(index);
        if (cell == null) {
            throw new RowException(column, "expected " + (size == 1 ? "a number" : "numbers") + ", got nothing");
        }
        int actual = size(cell);
        if (actual != size) {
            throw new RowException(column, "expected " + size + " numbers, got " + actual);
        }
        return cell;
    }

    private static double element(Object cell, String column, int element) throws RowException {
        if (cell instanceof Number || cell instanceof Boolean) {
            return number(cell, column);
        }
        return number(cell, ValueNames.element(column, element));
    }

    private static void scatter(int[] indices, double[] values, double[] out, int at, int count) {
        Arrays.fill(out, at, at + count, 0);
        for (int i = 0; i < indices.length && indices[i] < count; i++) {
            out[at + indices[i]] = values[i];
        }
    }
}
