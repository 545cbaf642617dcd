package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.loss.Likelihood;
import dev.lockstep.nn.metric.Metric;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.MetricSum;
import dev.lockstep.nn.metric.TemperatureGrid;
import dev.lockstep.nn.metric.ThresholdGrid;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The fit on the validation rows after training, in one pass over them; the bits follow from the rows alone.
 *
 * @param temperature whether outputs are divided by the temperature with the least negative log-likelihood
 * @param threshold what the threshold between two classes is chosen for; null: the more probable class is predicted
 */
public record DecisionFit(boolean temperature, ThresholdGrid.@Nullable Criterion threshold) {

    /** Whether there is anything to fit. */
    public boolean isWanted() {
        return temperature || threshold != null;
    }

    /**
     * Checks that outputs can be decided upon so.
     *
     * @param classes whether the target is a class
     * @throws IllegalArgumentException naming the key of a job file
     */
    public void check(Network network, boolean classes) {
        Likelihood likelihood = network.likelihood();
        if (temperature && likelihood.temperatures() == null) {
            throw new IllegalArgumentException("train.temperatureScaling: expected a loss of probabilities, such as"
                    + " crossEntropy, got " + network.loss());
        }
        if (threshold != null && likelihood.thresholds(network.output(), classes, threshold) == null) {
            throw new IllegalArgumentException("train.threshold: expected two classes, by crossEntropy with two outputs"
                    + " or binaryCrossEntropy with one, got " + network.loss() + " with outputs " + network.output());
        }
    }

    /**
     * Fits.
     *
     * @param validation measures the validation rows with the decision that is being fitted left out; null if there are
     *     none
     * @param parameters what the network has learned; read
     * @throws TrainingException if there are no validation rows
     */
    public Decision fit(
            Network network,
            BiFunction<Parameters, MetricSet, @Nullable EvaluationSum> validation,
            Parameters parameters) {
        if (!isWanted()) {
            return Decision.PLAIN;
        }
        TemperatureGrid temperatures = temperature ? network.likelihood().temperatures() : null;
        ThresholdGrid thresholds =
                threshold == null ? null : network.likelihood().thresholds(network.output(), true, threshold);
        List<Metric> metrics = new ArrayList<>();
        if (temperatures != null) {
            metrics.add(temperatures);
        }
        if (thresholds != null) {
            metrics.add(thresholds);
        }
        EvaluationSum sum = validation.apply(parameters, new MetricSet(metrics));
        if (sum == null) {
            throw new TrainingException("there are no validation rows to fit a temperature or a threshold on");
        }
        List<MetricSum> sums = sum.sums();
        double fitted = temperatures == null ? 1 : temperatures.temperature(sums.get(0));
        double logit = thresholds == null ? 0 : thresholds.logit(sums.get(sums.size() - 1));
        return new Decision(fitted, 1 / (1 + StrictMath.exp(-logit / fitted)));
    }
}
