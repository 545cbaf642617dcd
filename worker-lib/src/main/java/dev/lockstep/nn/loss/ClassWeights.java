package dev.lockstep.nn.loss;

import dev.lockstep.nn.spec.Expect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks of the {@code classWeights} of a loss. */
final class ClassWeights {
    private ClassWeights() {}

    /** Each weight has to be a number of at least 0, and one of them above it; null stays null. */
    static @Nullable List<Double> check(@Nullable List<Double> weights) {
        if (weights == null) {
            return null;
        }
        for (int i = 0; i < weights.size(); i++) {
            Expect.notNegativeFloat("classWeights." + i, weights.get(i));
        }
        if (weights.stream().noneMatch(weight -> weight > 0)) {
            throw new IllegalArgumentException("classWeights: expected one above 0 at least, got " + weights);
        }
        return List.copyOf(weights);
    }

    /** There has to be one weight a class. */
    static void checkCount(String loss, @Nullable List<Double> weights, int classes) {
        if (weights != null && weights.size() != classes) {
            throw new IllegalArgumentException(
                    loss + ": the data has " + classes + " classes, classWeights are " + weights.size());
        }
    }
}
