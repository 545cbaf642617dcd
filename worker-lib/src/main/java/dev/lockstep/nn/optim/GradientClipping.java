package dev.lockstep.nn.optim;

import dev.lockstep.nn.spec.Expect;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the gradient of the mean loss, once, after the sums of all shards have been added and divided by the total
 * weight; a penalty's gradient is added afterwards and is not clipped. At most one of the two.
 *
 * @param norm greatest Euclidean norm of the whole gradient: a longer one is scaled, {@code g = g norm / |g|} (Pascanu
 *     et al. 2013); unbounded unless given
 * @param value greatest magnitude of an element, {@code g = min(max(g, -value), value)}; unbounded unless given
 */
public record GradientClipping(
        @Nullable Double norm, @Nullable Double value) implements Serializable {
    /** No bound. */
    public static final GradientClipping NONE = new GradientClipping(null, null);

    public GradientClipping {
        if (norm != null && value != null) {
            throw new IllegalArgumentException(
                    "clipValue: expected only one of clipNorm and clipValue, got " + norm + " and " + value);
        }
        if (norm != null) {
            Expect.positive("clipNorm", norm);
        }
        if (value != null) {
            Expect.positiveFloat("clipValue", value);
        }
    }

    /** The factor that brings a gradient of this norm within the bound on norms. */
    public double factor(double gradientNorm) {
        return norm == null || !(gradientNorm > norm) ? 1 : norm / gradientNorm;
    }
}
