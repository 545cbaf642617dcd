package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.tensor.Shape;
import org.jspecify.annotations.Nullable;

/** The mean of the components' numbers, which stands for itself in the targets' own units. */
final class MeanMixture extends PredictiveDistribution {
    MeanMixture(Shape output, int targets, int mixedRows, @Nullable Scaling scaling) {
        super(output, targets, mixedRows, scaling);
    }

    @Override
    double output(int row, int index) {
        return mean(row, index);
    }
}
