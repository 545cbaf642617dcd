package dev.lockstep.spark.bench;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.ml.functions.vector_to_array;

import org.apache.spark.ml.Estimator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * XGBoost4J-Spark by its name: its jars are there only where someone has put them.
 *
 * <p>Version 3.1.1 trains on sparse vectors as on dense ones, row by row, and only if {@code missing} is set; but it
 * predicts from them as if their first entries were those of the whole vector, so predictions need dense ones.
 */
final class XgBoost {
    private static final int ROUNDS = 100;

    private XgBoost() {}

    /** A classifier with its defaults but for the rounds. */
    static Estimator<?> classifier(String label, String features) {
        try {
            Estimator<?> estimator = (Estimator<?>) Class.forName("ml.dmlc.xgboost4j.scala.spark.XGBoostClassifier")
                    .getConstructor()
                    .newInstance();
            estimator.set("labelCol", label);
            estimator.set("featuresCol", features);
            estimator.set("numRound", ROUNDS);
            return estimator;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("XGBoost4J-Spark is not on the class path", e);
        }
    }

    /** One that trains on sparse vectors, whose zeros, left out or not, it takes as missing. */
    static Estimator<?> ofSparse(String label, String features, int workers) {
        Estimator<?> estimator = classifier(label, features);
        estimator.set("missing", 0f);
        estimator.set("numWorkers", workers);
        return estimator;
    }

    /** The rows with dense vectors. */
    static Dataset<Row> dense(Dataset<Row> rows, String features) {
        return rows.withColumn(features, array_to_vector(vector_to_array(functions.col(features), "float64")));
    }
}
