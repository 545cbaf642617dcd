package dev.lockstep.spark.predict;

import org.apache.spark.sql.ExperimentalMethods;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.plans.logical.AppendColumns;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.Iterator;
import scala.collection.immutable.List;
import scala.collection.immutable.List$;

/**
 * Plans the nodes that add {@link AddedCells} as {@link PredictionExec}, so that many rows are predicted at once. Of no
 * other node does it say anything.
 */
final class PredictionStrategy extends SparkStrategy {
    private static final long serialVersionUID = 1L;

    private PredictionStrategy() {}

    /** Makes it known to a session, once. It stays: plans of the session may need it at any time. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's sequences are others in each of its versions
    static void install(SparkSession spark) {
        ExperimentalMethods methods = spark.sessionState().experimentalMethods();
        synchronized (methods) {
            List known = methods.extraStrategies().toList();
            for (Iterator each = known.iterator(); each.hasNext(); ) {
                if (each.next() instanceof PredictionStrategy) {
                    return;
                }
            }
            methods.extraStrategies_$eq(known.$colon$colon(new PredictionStrategy()));
        }
    }

    @Override
    public List<SparkPlan> apply(LogicalPlan plan) {
        List<SparkPlan> none = List$.MODULE$.empty();
        return plan instanceof AppendColumns node && (Object) node.func() instanceof AddedCells cells
                ? none.$colon$colon(
                        new PredictionExec(cells, node.deserializer(), node.serializer(), planLater(node.child())))
                : none;
    }
}
