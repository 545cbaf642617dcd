package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.io.ModelDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import scala.Tuple3;
import scala.collection.Seq;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * {@code spark.sql.extensions=dev.lockstep.spark.predict.LockstepExtensions} gives each session the function
 * {@code lockstep_predict(model, features...)}: the directory of a model as a text, then as the functions of
 * {@link LockstepFunctions}.
 */
public final class LockstepExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
    private static final String NAME = "lockstep_predict";
    private static final String USAGE = "_FUNC_(model, features...) - Predicts with the model in a directory; the"
            + " features are its columns in their order, or one struct with their names.";
    private static final int MODELS_KEPT = 16;

    /** The models that queries have named; all of one context. */
    private static final Map<String, Known> KNOWN = new LinkedHashMap<>();

    /**
     * A model that has been sent to the executors.
     *
     * @param context where
     * @param description with another, it has been replaced
     */
    private record Known(SparkContext context, ModelDescription description, ModelFunction function) {}

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // Scala's sequences are others in each of its versions
    public BoxedUnit apply(SparkSessionExtensions extensions) {
        ExpressionInfo info = new ExpressionInfo(LockstepExtensions.class.getName(), null, NAME, USAGE, "");
        extensions.injectFunction((Tuple3) new Tuple3<>(new FunctionIdentifier(NAME), info, new Builder()));
        return BoxedUnit.UNIT;
    }

    /** Makes calls of the function. */
    private static final class Builder extends AbstractFunction1<Seq<Expression>, Expression> {
        @Override
        @SuppressWarnings("unchecked") // what is left of a sequence of expressions is one
        public Expression apply(Seq<Expression> arguments) {
            String path = arguments.isEmpty() ? null : text(arguments.head());
            if (path == null) {
                throw new IllegalArgumentException(NAME + ": expected the directory of a model as the first argument, a"
                        + " text in quotes, got " + (arguments.isEmpty() ? "nothing" : arguments.head()));
            }
            return function(path).call((Seq<Expression>) arguments.tail());
        }

        private static @Nullable String text(Expression argument) {
            return argument instanceof Literal literal && literal.value() instanceof UTF8String text
                    ? text.toString()
                    : null;
        }
    }

    /** The function of a model, which is read again only if it was replaced. */
    private static ModelFunction function(String path) {
        SparkSession spark = SparkSession.active();
        Configuration configuration = spark.sessionState().newHadoopConf();
        try {
            ModelDescription description = ModelFiles.description(ModelDirectory.find(path, configuration));
            synchronized (KNOWN) {
                Known known = KNOWN.get(path);
                if (known == null
                        || known.context() != spark.sparkContext()
                        || !known.description().equals(description)) {
                    ModelFunction function = ModelFunction.of(spark, NAME, ModelDirectory.load(path, configuration));
                    known = new Known(spark.sparkContext(), description, function);
                    KNOWN.put(path, known);
                    if (KNOWN.size() > MODELS_KEPT) {
                        KNOWN.remove(KNOWN.keySet().iterator().next());
                    }
                }
                return known.function();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
