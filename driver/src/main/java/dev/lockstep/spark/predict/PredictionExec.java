package dev.lockstep.spark.predict;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.execution.SparkPlan;
import scala.collection.IndexedSeq;
import scala.collection.Iterator;
import scala.collection.Seq;
import scala.collection.immutable.List;
import scala.collection.immutable.List$;
import scala.reflect.ClassTag$;

/** Predictions in a physical plan, computed some rows at a time. */
public final class PredictionExec extends SparkPlan {
    private static final long serialVersionUID = 1L;

    private final AddedCells cells;
    private final Expression argument;
    private final Seq<NamedExpression> added;
    private final SparkPlan child;

    /**
     * Spark makes copies by this constructor, with the elements of this product.
     *
     * @param cells what is added
     * @param argument turns a row into the argument
     * @param added the columns that are added
     * @param child gives the rows
     */
    public PredictionExec(AddedCells cells, Expression argument, Seq<NamedExpression> added, SparkPlan child) {
        this.cells = cells;
        this.argument = argument;
        this.added = added;
        this.child = child;
    }

    @Override
    public RDD<InternalRow> doExecute() {
        Seq<Attribute> columns = child.output();
        PredictedRows.Recipe recipe = new PredictedRows.Recipe(cells, argument, columns.toList(), child.schema());
        return JavaRDD.fromRDD(child.execute(), ClassTag$.MODULE$.<InternalRow>apply(InternalRow.class))
                .mapPartitions(recipe)
                .rdd();
    }

    @Override
    public List<Attribute> output() {
        List<Attribute> behind = List$.MODULE$.empty();
        for (Iterator<NamedExpression> each = added.reverseIterator(); each.hasNext(); ) {
            behind = behind.$colon$colon(each.next().toAttribute());
        }
        Seq<Attribute> columns = child.output();
        return behind.$colon$colon$colon(columns.toList());
    }

    @Override
    public List<SparkPlan> children() {
        return List$.MODULE$.<SparkPlan>empty().$colon$colon(child);
    }

    @Override
    public Partitioning outputPartitioning() {
        return child.outputPartitioning();
    }

    @Override
    public List<SortOrder> outputOrdering() {
        Seq<SortOrder> ordering = child.outputOrdering();
        return ordering.toList();
    }

    /** The one that Spark with Scala 2.13 has. */
    @SuppressWarnings("MissingOverride") // of another one, with Scala 2.12
    public SparkPlan withNewChildrenInternal(scala.collection.immutable.IndexedSeq<SparkPlan> children) {
        return new PredictionExec(cells, argument, added, children.head());
    }

    /** The one that Spark with Scala 2.12 has. */
    @SuppressWarnings("MissingOverride") // of another one, with Scala 2.13
    public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
        return new PredictionExec(cells, argument, added, children.head());
    }

    @Override
    public String nodeName() {
        return "LockstepPrediction";
    }

    @Override
    public String argString(int maxFields) {
        return added.mkString("[", ", ", "]");
    }

    @Override
    public int productArity() {
        return 4;
    }

    @Override
    public Object productElement(int n) {
        return switch (n) {
            case 0 -> cells;
            case 1 -> argument;
            case 2 -> added;
            case 3 -> child;
            default -> throw new IndexOutOfBoundsException(n);
        };
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof PredictionExec;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PredictionExec that
                && cells.equals(that.cells)
                && argument.equals(that.argument)
                && added.equals(that.added)
                && child.equals(that.child);
    }

    @Override
    public int hashCode() {
        return child.hashCode();
    }
}
