package dev.lockstep.spark.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.metric.Metric;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.spark.report.ExampleRows;
import dev.lockstep.spark.report.Measures;
import dev.lockstep.spark.shard.ShardedData;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.sync.SparkEvaluation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How good a trained model is, in one pass over the rows that judge it.
 *
 * @param cluster where they are
 * @param turns of the training
 * @param setup of the evaluation, with the model's decision
 * @param data what the rows are called
 * @param examples how many of the worst rows are kept
 */
record FinalMeasurement(Cluster cluster, TakesTurns turns, EvaluationSetup setup, String data, int examples) {
    /** Of more rows the network's metrics are not measured: some of them keep numbers of each row on the driver. */
    private static final long MOST_MEASURED = 100_000;

    /**
     * What came of it.
     *
     * @param measures of the rows
     * @param examples of the rows; null if none are wanted
     */
    record Measured(Measures measures, @Nullable ObjectNode examples) {}

    /** Measures; null if the rows have none. */
    @Nullable
    Measured of(SavedModel model, ShardedData rows) {
        List<Metric> metrics = new ArrayList<>();
        if (rows.rows() <= MOST_MEASURED) {
            metrics.addAll(model.network().metrics().metrics());
        }
        int own = metrics.size();
        ExampleRows kept = examples == 0 ? null : new ExampleRows(model, rows.layout(), examples);
        if (kept != null) {
            metrics.addAll(kept.metrics().metrics());
        }
        try (SparkEvaluation evaluation = new SparkEvaluation(cluster, setup, rows)) {
            if (metrics.isEmpty()) {
                LossSum losses = turns.take(() -> evaluation.losses(model.parameters()));
                return losses == null ? null : new Measured(Measures.of(data, losses, model.network()), null);
            }
            EvaluationSum sum = turns.take(() -> evaluation.measure(model.parameters(), new MetricSet(metrics)));
            if (sum == null) {
                return null;
            }
            Measures measures = own == 0
                    ? Measures.of(data, sum.losses(), model.network())
                    : Measures.of(
                            data, new EvaluationSum(sum.losses(), sum.sums().subList(0, own)), model.network());
            return new Measured(
                    measures,
                    kept == null
                            ? null
                            : kept.json(data, sum.sums().subList(own, sum.sums().size())));
        }
    }
}
