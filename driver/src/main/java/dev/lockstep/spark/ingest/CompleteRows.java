package dev.lockstep.spark.ingest;

import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;

/** Takes rows in which no cell of some columns is missing or holds a number that is not finite. */
public final class CompleteRows implements FilterFunction<Row> {
    private static final long serialVersionUID = 1L;

    private final int[] columns;

    /**
     * Looks at some columns.
     *
     * @param columns their numbers
     */
    public CompleteRows(int[] columns) {
        this.columns = columns.clone();
    }

    @Override
    public boolean call(Row row) {
        for (int column : columns) {
            if (!isComplete(row.get(column))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isComplete(Object cell) {
        if (cell instanceof Vector vector) {
            return isFinite(vector);
        }
        if (cell instanceof org.apache.spark.mllib.linalg.Vector vector) {
            return isFinite(vector.asML());
        }
        if (cell instanceof scala.collection.Seq<?> sequence) {
            for (int i = 0; i < sequence.length(); i++) {
                if (!isComplete(sequence.apply(i))) {
                    return false;
                }
            }
            return true;
        }
        return cell != null && (!(cell instanceof Number number) || Double.isFinite(number.doubleValue()));
    }

    /** Entries that a sparse vector does not have are 0. */
    private static boolean isFinite(Vector vector) {
        double[] values =
                vector instanceof org.apache.spark.ml.linalg.SparseVector sparse ? sparse.values() : vector.toArray();
        for (double value : values) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
