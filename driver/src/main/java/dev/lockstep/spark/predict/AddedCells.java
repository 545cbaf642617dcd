package dev.lockstep.spark.predict;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.runtime.AbstractFunction1;

/**
 * What a plan adds to rows: their predictions, in Spark's own form. Called by itself it predicts one row: Spark does
 * that in a session that {@link PredictionStrategy} is not known to. Travels to the executors, where each task has its
 * own.
 */
final class AddedCells extends AbstractFunction1<Object, Object> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowPrediction prediction;
    private final StructType table;
    private final int[] read;
    private final StructType added;
    private transient @Nullable Task single;

    /**
     * What is added.
     *
     * @param table the columns of the rows, by which they are read
     * @param read numbers of those columns that predictions need: the fields of an argument
     * @param added the columns of the result: those of the prediction, and perhaps one that says whether the row stays
     */
    AddedCells(RowPrediction prediction, StructType table, int[] read, StructType added) {
        this.prediction = prediction;
        this.table = table;
        this.read = read.clone();
        this.added = added;
    }

    @Override
    public synchronized Object apply(Object argument) {
        Task task = single;
        if (task == null) {
            task = new Task(1, new StructType(), new int[0]);
            single = task;
        }
        task.clear();
        task.add((InternalRow) argument, InternalRow.empty());
        task.predict();
        return task.result(0);
    }

    /**
     * The work of one task.
     *
     * @param row columns of the rows that arguments come from
     * @param places where the columns that are read are in an argument; none: in their order
     */
    Task task(StructType row, int[] places) {
        return new Task(Integer.MAX_VALUE, row, places);
    }

    /** The columns that are added. */
    StructType added() {
        return added;
    }

    @Override
    public String toString() {
        return "predictions";
    }

    /** Predicts some rows at a time. */
    final class Task {
        private final CatalystRow row;
        private final PredictedBatch batch;
        private final Function1<Object, Object>[] encoders;
        private final @Nullable Object[] cells;
        private final CellList list;
        private final GenericInternalRow result;

        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
        private Task(int most, StructType from, int[] places) {
            row = new CatalystRow(table, read, places, from);
            batch = prediction.batch(most, row::has);
            encoders = new Function1[added.size()];
            for (int i = 0; i < encoders.length; i++) {
                encoders[i] = CatalystTypeConverters.createToCatalystConverter(
                        added.apply(i).dataType());
            }
            cells = new Object[added.size()];
            list = new CellList(cells);
            result = new GenericInternalRow(added.size());
        }

        void clear() {
            batch.clear();
        }

        boolean isFull() {
            return batch.isFull();
        }

        /**
         * Adds a row.
         *
         * @param argument the columns that are read
         * @param whole the row that they come from
         */
        void add(InternalRow argument, InternalRow whole) {
            row.show(argument, whole);
            batch.add(row);
        }

        /** How many columns are read. */
        int arguments() {
            return read.length;
        }

        void predict() {
            batch.predict();
        }

        /** Writes what is added to a row. */
        void write(int number, CellSink out) {
            batch.write(number, out);
            if (added.size() > prediction.width()) {
                out.cell(!batch.isLeftOut(number));
            }
        }

        /** What is added to a row; the same object each time. */
        InternalRow result(int number) {
            list.clear();
            write(number, list);
            for (int i = 0; i < cells.length; i++) {
                Object cell = cells[i];
                result.update(i, cell == null ? null : encoders[i].apply(cell));
            }
            return result;
        }
    }
}
