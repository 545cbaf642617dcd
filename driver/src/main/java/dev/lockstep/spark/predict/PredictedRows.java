package dev.lockstep.spark.predict;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.GenerateUnsafeRowJoiner;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowJoiner;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.collection.Seq;
import scala.collection.immutable.List;
import scala.collection.immutable.List$;

/** The rows of one partition with their predictions behind them, computed some rows at a time. */
final class PredictedRows implements Iterator<InternalRow> {
    private final Iterator<InternalRow> rows;
    private final AddedCells.Task task;
    /** Makes what is read of a row; none where the row has it. */
    private final @Nullable UnsafeProjection arguments;

    private final UnsafeProjection unsafe;
    private final Joiner joiner;
    private final RowBuffer chunk;
    private int next;

    /**
     * Makes the rows of a partition. Travels to the executors.
     *
     * @param cells what is added
     * @param argument makes what is read of a row
     * @param columns of a row
     * @param schema of a row
     */
    record Recipe(AddedCells cells, Expression argument, List<Attribute> columns, StructType schema)
            implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {
        @Override
        public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
            return new PredictedRows(rows, this);
        }

        /** Where in a row the columns are that are read; none: the optimiser made something else of one of them. */
        private int[] places() {
            if (!(argument instanceof CreateNamedStruct struct)) {
                return new int[0];
            }
            Seq<Expression> values = struct.valExprs();
            int[] places = new int[values.length()];
            for (int i = 0; i < places.length; i++) {
                places[i] = values.apply(i) instanceof Attribute attribute ? place(attribute) : -1;
                if (places[i] < 0) {
                    return new int[0];
                }
            }
            return places;
        }

        private int place(Attribute attribute) {
            for (int i = 0; i < columns.length(); i++) {
                if (columns.apply(i).exprId().equals(attribute.exprId())) {
                    return i;
                }
            }
            return -1;
        }
    }

    private PredictedRows(Iterator<InternalRow> rows, Recipe recipe) {
        this.rows = rows;
        int[] places = recipe.places();
        task = recipe.cells().task(recipe.schema(), places);
        List<Expression> argument = List$.MODULE$.<Expression>empty().$colon$colon(recipe.argument());
        arguments = places.length > 0 ? null : UnsafeProjection.create(argument, recipe.columns());
        unsafe = UnsafeProjection.create(recipe.schema());
        joiner = joiner(recipe.schema(), recipe.cells().added());
        chunk = new RowBuffer(recipe.schema().size());
    }

    /** Writes a row with what is added to it. */
    private interface Joiner {
        /**
         * Joins.
         *
         * @param row the row
         * @param number of its predictions
         * @return the same object each time
         */
        UnsafeRow join(UnsafeRow row, int number);
    }

    private Joiner joiner(StructType schema, StructType added) {
        if (WiderRow.takes(added)) {
            WiderRow wider = new WiderRow(schema, added);
            return (row, number) -> {
                wider.begin(row);
                task.write(number, wider);
                return wider.end();
            };
        }
        UnsafeProjection unsafeAdded = UnsafeProjection.create(added);
        UnsafeRowJoiner rowJoiner = GenerateUnsafeRowJoiner.create(schema, added);
        return (row, number) -> rowJoiner.join(row, unsafeAdded.apply(task.result(number)));
    }

    @Override
    public boolean hasNext() {
        if (next == chunk.size() && rows.hasNext()) {
            predict();
        }
        return next < chunk.size();
    }

    /** The next row; the object is the same each time, as Spark's rows are. */
    @Override
    public InternalRow next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        UnsafeRow row = chunk.get(next);
        return joiner.join(row, next++);
    }

    private void predict() {
        chunk.clear();
        task.clear();
        next = 0;
        while (!task.isFull() && rows.hasNext()) {
            InternalRow row = rows.next();
            task.add(arguments == null ? row : arguments.apply(row).getStruct(0, task.arguments()), row);
            // The next row may be in the same object.
            chunk.add(row instanceof UnsafeRow ready ? ready : unsafe.apply(row));
        }
        task.predict();
    }
}
