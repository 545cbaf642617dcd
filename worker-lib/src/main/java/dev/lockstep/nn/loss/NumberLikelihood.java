package dev.lockstep.nn.loss;

import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.RegressionErrors;
import dev.lockstep.nn.tensor.Shape;
import java.util.List;

/** Numbers rather than classes. Unless a kind says otherwise each output is the mean of a target of its own. */
sealed interface NumberLikelihood extends Likelihood
        permits PoissonLikelihood,
                NegativeBinomialLikelihood,
                NoiseLikelihood,
                MixtureDensityLikelihood,
                PointEstimate,
                QuantileLikelihood {

    @Override
    default Score score() {
        return Score.RMSE;
    }

    @Override
    default boolean classifies(int labelColumns) {
        return false;
    }

    @Override
    default int targets(Shape output) {
        return Steps.width(output);
    }

    @Override
    default MetricSet metrics(Shape output) {
        return new MetricSet(List.of(new RegressionErrors(targets(output))));
    }

    @Override
    default List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        return PredictionColumn.ofMeans(names, targets(output), mixed);
    }
}
