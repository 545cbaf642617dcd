package dev.lockstep.spark.predict;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.CreateStruct$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression$;
import org.apache.spark.sql.catalyst.plans.logical.AppendColumns;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.collection.immutable.List$;

/**
 * The plan of a table with predictions: its rows, a node that adds {@link AddedCells}, and above that the columns that
 * are wanted. There the new ones have names of their own, so that a table can be joined with itself.
 *
 * <p>The node is Spark's own for columns that a function computes of some others. So the optimiser moves filters on the
 * others below it, and does not read columns that nobody asks for. {@link PredictionStrategy} computes it some rows at
 * a time; a session that does not know the strategy calls the function row by row.
 */
public final class PredictionPlan {
    /** Says whether a row stays. */
    private static final StructField STAYS =
            new StructField("__lockstep_stays", DataTypes.BooleanType, false, Metadata.empty());

    /** Spark 4 has it in another class. */
    private static final Method OF_ROWS = ofRows();

    private PredictionPlan() {}

    /**
     * A table with predictions behind some of its columns, computed when it is used.
     *
     * @param table the rows as {@code prediction} reads them
     * @param kept numbers of the columns that stay
     * @param added the columns of the predictions
     */
    public static Dataset<Row> of(Dataset<Row> table, RowPrediction prediction, int[] kept, List<StructField> added) {
        PredictionStrategy.install(table.sparkSession());
        LogicalPlan rows = table.queryExecution().commandExecuted();
        boolean marked = prediction.invalid().leavesOut();
        StructType result = new StructType(added.toArray(StructField[]::new));
        List<NamedExpression> cells = cells(marked ? result.add(STAYS) : result);
        LogicalPlan node = node(rows, table.schema(), prediction, cells);
        if (marked) {
            node = new Filter(cells.get(added.size()).toAttribute(), node);
        }
        Seq<Attribute> columns = rows.output();
        List<NamedExpression> wanted = new ArrayList<>();
        for (int column : kept) {
            wanted.add(columns.apply(column));
        }
        for (int i = 0; i < added.size(); i++) {
            wanted.add(alias(cells.get(i).toAttribute(), added.get(i)));
        }
        return dataset(table.sparkSession(), new Project(scala(wanted), node));
    }

    private static LogicalPlan node(
            LogicalPlan rows, StructType table, RowPrediction prediction, List<NamedExpression> cells) {
        Seq<Attribute> columns = rows.output();
        int[] read = prediction.features().columns();
        List<Expression> arguments = new ArrayList<>();
        for (int column : read) {
            arguments.add(columns.apply(column));
        }
        Expression argument = argument(arguments);
        StructType added = new StructType();
        for (NamedExpression cell : cells) {
            Attribute column = cell.toAttribute();
            added = added.add(column.name(), column.dataType(), column.nullable(), column.metadata());
        }
        return new AppendColumns(
                new AddedCells(prediction, table, read, added),
                InternalRow.class,
                (StructType) argument.dataType(),
                argument,
                scala(cells),
                rows);
    }

    /** The fields of the function's value as columns. */
    private static List<NamedExpression> cells(StructType result) {
        BoundReference value = new BoundReference(0, result, false);
        List<NamedExpression> cells = new ArrayList<>();
        for (int i = 0; i < result.size(); i++) {
            cells.add(alias(new GetStructField(value, i, Option.empty()), result.apply(i)));
        }
        return cells;
    }

    private static Alias alias(Expression value, StructField field) {
        return new Alias(
                value,
                field.name(),
                NamedExpression$.MODULE$.newExprId(),
                List$.MODULE$.empty(),
                Option.apply(field.metadata()),
                List$.MODULE$.empty());
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's sequences are others in each of its versions
    private static Expression argument(List<Expression> arguments) {
        return CreateStruct$.MODULE$.create((scala.collection.immutable.Seq) scala(arguments));
    }

    private static <T> scala.collection.immutable.List<T> scala(List<T> list) {
        return JavaConverters.asScalaBuffer(list).toList();
    }

    private static Method ofRows() {
        for (String name : List.of("org.apache.spark.sql.classic.Dataset", "org.apache.spark.sql.Dataset")) {
            try {
                for (Method method : Class.forName(name).getMethods()) {
                    if (method.getName().equals("ofRows") && method.getParameterCount() == 2) {
                        return method;
                    }
                }
            } catch (ClassNotFoundException e) {
                continue; // Spark 3.5 has the second one alone
            }
        }
        throw new IllegalStateException("this version of Spark cannot make a data frame of a plan");
    }

    @SuppressWarnings("unchecked") // it says so
    private static Dataset<Row> dataset(SparkSession spark, LogicalPlan plan) {
        try {
            return (Dataset<Row>) OF_ROWS.invoke(null, spark, plan);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Spark refuses a plan with predictions: " + e.getCause(), e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("this version of Spark cannot make a data frame of a plan", e);
        }
    }
}
