package dev.lockstep.spark.predict;

import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.model.Predictor;
import dev.lockstep.spark.ingest.Arguments;
import dev.lockstep.spark.ingest.CompleteRows;
import dev.lockstep.spark.ingest.DataSchema;
import java.io.Serializable;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.CreateStruct$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ScalaUDF;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.collection.immutable.List$;
import scala.collection.immutable.Seq;
import scala.runtime.AbstractFunction1;

/**
 * A model as a function of SQL. Its arguments are the columns of the features in their order, or one structure that has
 * them by their names; its value is a structure of the columns that {@code predict} writes. A missing or infinite
 * number gives NULL, unless the columns have types, which then decide. It travels to the executors; each task has its
 * own.
 */
final class ModelFunction extends AbstractFunction1<Row, @Nullable Row> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final Broadcast<SavedModel> model;
    private final PredictionCells cells;
    private final StructType type;
    private transient @Nullable Work work;

    /**
     * What a task needs.
     *
     * @param complete which rows can be predicted
     * @param features read into here
     */
    private record Work(FeatureReader reader, CompleteRows complete, Predictor predictor, RowArray features) {}

    private ModelFunction(String name, Broadcast<SavedModel> model, PredictionCells cells, StructType type) {
        this.name = name;
        this.model = model;
        this.cells = cells;
        this.type = type;
    }

    /**
     * A model's function; the model is sent to each executor once.
     *
     * @param name what errors call it
     * @throws IllegalArgumentException if the model predicts sequences
     */
    static ModelFunction of(SparkSession spark, String name, SavedModel model) {
        Readout readout = Readout.of(model.network(), model.description(), DataSchema.of(model.description()), 0, 0);
        return new ModelFunction(
                name,
                JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(model),
                readout,
                readout.addTo(new StructType()));
    }

    /** A call in a query. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's sequences are others in each of its versions
    Expression call(scala.collection.Seq<Expression> arguments) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": expected the columns of the features, or a struct of them, got no argument");
        }
        Expression struct = CreateStruct$.MODULE$.create((Seq) arguments.toList());
        Seq children = List$.MODULE$.empty().$colon$colon(struct);
        return new ScalaUDF(
                this, type, children, List$.MODULE$.empty(), Option.empty(), Option.apply(name), true, true);
    }

    @Override
    public synchronized @Nullable Row apply(Row arguments) {
        Row row = arguments.size() == 1 && arguments.get(0) instanceof Row fields ? fields : arguments;
        Work ready = work;
        if (ready == null) {
            if (isMissing(row)) {
                return null;
            }
            ready = prepare(row, row != arguments);
            work = ready;
        }
        if (!ready.complete().call(row)) {
            return null;
        }
        ready.features().clear();
        ready.reader().read(row, ready.features());
        ready.predictor().predict(ready.features());
        @Nullable Object[] values = new Object[cells.width()];
        cells.write(ready.predictor().uncertainty(), 0, new CellList(values));
        return RowFactory.create(values);
    }

    /** The first row that is not missing tells the sizes of arrays and vectors. */
    private boolean isMissing(Row row) {
        boolean typed = model.value().description().encoding() != null;
        return !typed && !new CompleteRows(IntStream.range(0, row.size()).toArray()).call(row);
    }

    private Work prepare(Row row, boolean named) {
        SavedModel shared = model.value();
        DataSchema known = DataSchema.of(shared.description());
        Arguments arguments = Arguments.of(name, row, known, named);
        FeatureReader reader =
                FeatureReader.of(name, arguments.inputs(), known.shape()).under(shared.rowRules());
        CompleteRows complete = new CompleteRows(
                known.encoding() != null
                        ? new int[0]
                        : arguments.columns().stream()
                                .mapToInt(column -> column)
                                .toArray());
        Predictor predictor = shared.predictor(0, 1, reader.sequences());
        return new Work(reader, complete, predictor, predictor.newRows());
    }
}
