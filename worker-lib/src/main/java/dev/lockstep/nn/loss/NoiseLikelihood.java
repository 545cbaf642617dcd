package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.metric.GaussianFit;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.RegressionErrors;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers with a mean and a variance each, both predicted: {@code t_j = m_j + e_j}, where the noise {@code e_j} has
 * mean 0, the variance {@code v_j} and one shape for all. Of {@code 2 d} outputs a step the first {@code d} are the
 * means, the others what the variances are made from.
 *
 * @param noise the shape
 */
record NoiseLikelihood(Noise noise) implements NumberLikelihood {

    @Override
    public Activation link() {
        return new Activation.MeanAndVariance();
    }

    @Override
    public boolean allowsScaledTargets() {
        return true;
    }

    @Override
    public int targets(Shape output) {
        return Steps.width(output) / 2;
    }

    @Override
    public MetricSet metrics(Shape output) {
        int numbers = targets(output);
        return new MetricSet(List.of(new RegressionErrors(numbers), new GaussianFit(numbers)));
    }

    @Override
    public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        return PredictionColumn.ofDistributions(names, targets(output), mixed);
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new NoiseMixture(noise, output, targets(output), mixedRows, scaling);
    }
}
