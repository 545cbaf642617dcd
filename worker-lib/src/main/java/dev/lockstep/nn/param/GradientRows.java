package dev.lockstep.nn.param;

import dev.lockstep.nn.tensor.RowSparseMatrix;
import java.util.Arrays;

/**
 * The gradients of consecutive parameters of one tensor, of which only those of some rows are kept; all others are +0.
 * The parameters may begin and end within a row, whose other elements then belong to somebody else.
 *
 * @param tensor the tensor
 * @param numbers the numbers of the rows, in increasing order
 * @param values {@code [numbers, columns]}: the rows
 * @param first the first row that has some of the parameters, an index of {@code numbers}
 * @param last after the last one
 * @param from first parameter, an index of the flat vector
 * @param to after the last parameter
 */
public record GradientRows(RowTensor tensor, int[] numbers, float[] values, int first, int last, int from, int to)
        implements GradientPiece {

    /** The gradient of a whole tensor, in the arrays of the matrix. */
    public static GradientRows of(RowTensor tensor, RowSparseMatrix rows) {
        return new GradientRows(tensor, rows.numbers(), rows.values(), 0, rows.count(), tensor.offset(), tensor.end());
    }

    /** How many rows there are. */
    public int count() {
        return last - first;
    }

    /** The first parameter of a row, from 0 to {@link #count}, that is among these. */
    public int start(int row) {
        return Math.max(from, rowStart(numbers[first + row]));
    }

    /** After the last parameter of a row that is among these. */
    public int end(int row) {
        return Math.min(to, rowStart(numbers[first + row]) + tensor.columns());
    }

    /** Where in {@link #values} the gradient of {@link #start} lies. */
    public int index(int row) {
        return (first + row) * tensor.columns() + start(row) - rowStart(numbers[first + row]);
    }

    private int rowStart(int number) {
        return tensor.offset() + number * tensor.columns();
    }

    @Override
    public GradientRows part(int partFrom, int partTo) {
        if (partFrom == from && partTo == to) {
            return this;
        }
        return new GradientRows(
                tensor,
                numbers,
                values,
                firstFrom((partFrom - tensor.offset()) / tensor.columns()),
                firstFrom((partTo - tensor.offset() + tensor.columns() - 1) / tensor.columns()),
                partFrom,
                partTo);
    }

    /** The first row of at least a number. */
    private int firstFrom(int number) {
        int found = Arrays.binarySearch(numbers, first, last, number);
        return found < 0 ? -found - 1 : found;
    }

    /** How many rows lie before the one that has a parameter, or before the next one after it. */
    public int rowsBefore(int parameter) {
        return firstFrom((parameter - tensor.offset()) / tensor.columns()) - first;
    }

    /**
     * The sum of both, as if all others were written out as +0: where only one has a row, -0 becomes +0.
     *
     * @param right rows of the same parameters
     */
    GradientRows plus(GradientRows right) {
        int columns = tensor.columns();
        int most = Math.min(tensor.rows(), count() + right.count());
        int[] union = new int[most];
        float[] sums = new float[Math.multiplyExact(most, columns)];
        int count = 0;
        int i = first;
        int j = right.first;
        while (i < last || j < right.last) {
            int number = Math.min(
                    i < last ? numbers[i] : Integer.MAX_VALUE, j < right.last ? right.numbers[j] : Integer.MAX_VALUE);
            boolean here = i < last && numbers[i] == number;
            boolean there = j < right.last && right.numbers[j] == number;
            int to = count * columns;
            if (here && there) {
                sum(values, columns * i++, right.values, columns * j++, sums, to);
            } else if (here) {
                present(values, columns * i++, sums, to);
            } else {
                present(right.values, columns * j++, sums, to);
            }
            union[count++] = number;
        }
        return new GradientRows(tensor, union, sums, 0, count, from, this.to);
    }

    private void sum(float[] left, int leftAt, float[] right, int rightAt, float[] sums, int at) {
        for (int k = 0; k < tensor.columns(); k++) {
            sums[at + k] = left[leftAt + k] + right[rightAt + k];
        }
    }

    private void present(float[] row, int rowAt, float[] sums, int at) {
        for (int k = 0; k < tensor.columns(); k++) {
            sums[at + k] = row[rowAt + k] + 0f;
        }
    }

    /**
     * The sum of both; computed in the other one's array.
     *
     * @param other all gradients of the same parameters
     */
    GradientSlice plus(GradientSlice other) {
        float[] sums = other.values();
        int next = from;
        for (int row = 0; row < count(); row++) {
            addZeros(sums, other.index(next), other.index(start(row)));
            int at = other.index(start(row));
            for (int k = 0; k < end(row) - start(row); k++) {
                sums[at + k] += values[index(row) + k];
            }
            next = end(row);
        }
        addZeros(sums, other.index(next), other.index(to));
        return other;
    }

    /** -0 becomes +0. */
    private static void addZeros(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            values[i] += 0f;
        }
    }

    /**
     * Writes out some of the gradients.
     *
     * @param partFrom first parameter
     * @param partTo after the last parameter
     * @param into overwritten from {@code at} on
     */
    public void copyTo(int partFrom, int partTo, float[] into, int at) {
        Arrays.fill(into, at, at + partTo - partFrom, 0f);
        for (int row = rowsBefore(partFrom); row < count() && start(row) < partTo; row++) {
            int start = Math.max(start(row), partFrom);
            int end = Math.min(end(row), partTo);
            System.arraycopy(values, index(row) + start - start(row), into, at + start - partFrom, end - start);
        }
    }
}
