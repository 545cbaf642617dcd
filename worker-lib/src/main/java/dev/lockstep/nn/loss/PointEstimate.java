package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Numbers, one an output, about which the targets scatter in a way that is not said: a mean (squared errors), a median
 * (absolute errors) or something between. Nothing is known of the noise, so the aleatoric variance is 0 and deviations
 * are those of the prediction; new targets scatter more.
 */
record PointEstimate() implements NumberLikelihood {

    @Override
    public Activation link() {
        return new Activation.Linear();
    }

    @Override
    public boolean allowsScaledTargets() {
        return true;
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new MeanMixture(output, targets(output), mixedRows, scaling);
    }
}
