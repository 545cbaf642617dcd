package dev.lockstep.spark.predict;

import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.metric.RocAuc;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.DataSchema;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * How well a model's uncertainty tells rows like those of its training from rows of another kind (Hendrycks and Gimpel
 * 2017): the probability that a row of the others is predicted with more of it, ties counting half, which is the area
 * under the ROC curve. For classes by {@code entropy} and {@code mutualInformation}, for numbers by
 * {@code standardDeviation} and {@code epistemicDeviation}, as {@code predict} writes them.
 *
 * @param rows how many of the known kind there were
 * @param others how many of the other kind
 * @param areas by the column that distinguishes them
 */
public record OutOfDistribution(long rows, long others, Map<String, Double> areas) {
    /** Numbers of one kind that are sorted here. */
    private static final int MOST_ROWS = 1 << 22;

    /** Rows to predict, with the columns that say how unsure a prediction is. */
    private record Predicted(Dataset<Row> rows, List<String> columns) {
        /** What stands in each of the columns, row by row. */
        double[][] numbers(String path) {
            double[][] numbers = new double[columns.size()][16];
            int row = 0;
            for (Iterator<Row> cells = rows.toLocalIterator(); cells.hasNext(); row++) {
                Row next = cells.next();
                if (row == MOST_ROWS) {
                    throw new IllegalArgumentException(path + ": expected at most " + MOST_ROWS
                            + " rows to distinguish from others; a sample of them gives the same to three digits");
                }
                for (int i = 0; i < columns.size(); i++) {
                    numbers[i] = row == numbers[i].length ? Arrays.copyOf(numbers[i], 2 * row) : numbers[i];
                    numbers[i][row] = next.getDouble(i);
                }
            }
            for (int i = 0; i < columns.size(); i++) {
                numbers[i] = Arrays.copyOf(numbers[i], row);
            }
            return numbers;
        }
    }

    /**
     * Predicts both kinds of rows and compares them. Targets are not needed. Nothing is compared unless it
     * {@linkplain #isKnown is known} how unsure predictions are.
     *
     * @param samples predictive samples, for networks with dropout or distributions over weights; 0: nothing is random
     * @param known rows like those of the training
     * @param others rows of another kind
     */
    public static OutOfDistribution of(
            SparkSession spark, SavedModel model, int samples, SourceSpec known, SourceSpec others) {
        Predicted usual = predicted(spark, model, samples, known);
        Predicted unusual = predicted(spark, model, samples, others);
        double[][] left = usual.numbers(known.path());
        double[][] right = unusual.numbers(others.path());
        Map<String, Double> areas = new LinkedHashMap<>();
        for (int i = 0; i < left.length; i++) {
            areas.put(usual.columns().get(i), RocAuc.area(left[i], right[i]));
        }
        return new OutOfDistribution(left[0].length, right[0].length, areas);
    }

    /**
     * Whether predictions say how unsure they are.
     *
     * @param samples predictive samples; 0: nothing is random
     */
    public static boolean isKnown(SavedModel model, int samples) {
        return !columns(model, samples).isEmpty();
    }

    private static List<String> columns(SavedModel model, int samples) {
        ModelDescription description = model.description();
        return Readout.of(model.network(), description, DataSchema.of(description), samples, 0)
                .uncertainties();
    }

    private static Predicted predicted(SparkSession spark, SavedModel model, int samples, SourceSpec source) {
        List<String> columns = columns(model, samples);
        PredictionInput input = PredictionInput.open(spark, source, DataSchema.of(model.description()));
        Column[] wanted = columns.stream()
                .map(name -> functions.col("`" + name.replace("`", "``") + "`").cast("double"))
                .toArray(Column[]::new);
        return new Predicted(TablePrediction.of(spark, input, model, samples).select(wanted), columns);
    }
}
