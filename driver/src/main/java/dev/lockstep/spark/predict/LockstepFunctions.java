package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.io.ModelDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistryBase;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.Function1;
import scala.collection.Seq;
import scala.runtime.AbstractFunction1;

/**
 * Models as functions of SQL.
 *
 * <pre>{@code
 * LockstepFunctions.register(spark, "flowers", "models/flowers");
 * spark.sql("SELECT id, flowers(petal, sepal, stem, leaf).prediction FROM garden");
 * }</pre>
 *
 * <p>The function's arguments are the columns of the features in their order, or one struct that has them by their
 * names: {@code flowers(struct(*))}. Its value is a struct of the columns that {@code predict} writes, or NULL where a
 * number is missing. Other columns are not read for it, and filters on them reach their source.
 *
 * @see LockstepExtensions
 */
public final class LockstepFunctions {
    private LockstepFunctions() {}

    /**
     * Gives a session a function, in place of one of this name.
     *
     * @param name as queries call it
     * @param path of the model: a directory of {@code train}, or of spark.ml, on any Hadoop file system
     * @throws dev.lockstep.nn.io.ModelException if there is no model, or it is damaged
     */
    public static void register(SparkSession spark, String name, String path) {
        try {
            register(spark, name, ModelDirectory.load(path, spark.sessionState().newHadoopConf()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with a model that is in memory, such as {@code savedModel()} of one of spark.ml. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's sequences are others in each of its versions
    public static void register(SparkSession spark, String name, SavedModel model) {
        ModelFunction function = ModelFunction.of(spark, name, model);
        FunctionRegistryBase registry = spark.sessionState().functionRegistry();
        registry.createOrReplaceTempFunction(name, (Function1) new Builder(function), "scala_udf");
    }

    /** Makes calls of a function. */
    private static final class Builder extends AbstractFunction1<Seq<Expression>, Expression> {
        private final ModelFunction function;

        Builder(ModelFunction function) {
            this.function = function;
        }

        @Override
        public Expression apply(Seq<Expression> arguments) {
            return function.call(arguments);
        }
    }
}
