package dev.lockstep.nn.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.SparseMatrix;
import dev.lockstep.nn.tensor.Tensor;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The scaling of features before a network sees them: {@code x = (x - mean) / std} in float, one subtraction and one
 * division, each rounded. Part of a model. Feature {@code i} uses entry {@code i mod length} of the arrays: they hold
 * one number for all, one for each element of the shape's last dimension, or one for each feature. Empty arrays: no
 * scaling.
 *
 * @param mean what is subtracted
 * @param std what is divided by, as many numbers, each above 0
 * @param targets the same for the numbers that are to be predicted: training sees them scaled, predictions are scaled
 *     back; none unless given
 */
public record Scaling(
        @JsonProperty(required = true) float[] mean,
        @JsonProperty(required = true) float[] std,
        @Nullable Scaling targets)
        implements Serializable {
    /** Features as they are. */
    public static final Scaling NONE = new Scaling(new float[0], new float[0]);

    public Scaling {
        if (mean.length != std.length) {
            throw new IllegalArgumentException(
                    "std: expected " + mean.length + " numbers as mean has, got " + std.length);
        }
        for (int i = 0; i < mean.length; i++) {
            if (!Float.isFinite(mean[i])) {
                throw new IllegalArgumentException("mean: expected finite numbers, got " + mean[i] + " at " + i);
            }
            if (!(std[i] > 0) || Float.isInfinite(std[i])) {
                throw new IllegalArgumentException("std: expected numbers above 0, got " + std[i] + " at " + i);
            }
        }
    }

    /** Targets stay as they are. */
    public Scaling(float[] mean, float[] std) {
        this(mean, std, null);
    }

    /** The same scaling of the features with a scaling of the targets. */
    public Scaling withTargets(Scaling scaling) {
        return new Scaling(mean, std, scaling);
    }

    /** The same two numbers for every feature. */
    public static Scaling of(double mean, double std) {
        return new Scaling(new float[] {(float) mean}, new float[] {(float) std});
    }

    /** The scaling of {@code count} numbers from one on, which follow each other. */
    public Scaling part(int from, int count) {
        return mean.length <= 1
                ? this
                : new Scaling(
                        Arrays.copyOfRange(mean, from, from + count), Arrays.copyOfRange(std, from, from + count));
    }

    /** Throws if these are not as many numbers as features of this shape can be scaled by; returns this scaling. */
    public Scaling checkedFor(Shape features) {
        int length = mean.length;
        if (length > 1 && length != features.last() && length != features.size()) {
            throw new IllegalArgumentException("scaling: expected 1, " + features.last() + " or " + features.size()
                    + " numbers for features of shape " + features + ", got " + length);
        }
        return this;
    }

    /**
     * The scaling that gives the measured rows mean 0 and standard deviation 1 in each feature. A feature that does not
     * vary is only shifted.
     *
     * @param moments of the features over the training rows
     */
    public static Scaling standardise(Moments moments) {
        float[] mean = new float[moments.columns()];
        float[] std = new float[moments.columns()];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) moments.mean(i);
            float deviation = (float) Math.sqrt(moments.variance(i));
            std[i] = deviation == 0 ? 1 : deviation;
        }
        return new Scaling(mean, std);
    }

    /** Whether a feature of 0 is still 0 when it is scaled, so that sparse rows stay sparse. */
    public boolean keepsZeros() {
        for (float shift : mean) {
            if (shift != 0) {
                return false;
            }
        }
        return true;
    }

    /** A number that the feature with this index has, scaled. */
    float scaled(float value, int index) {
        return mean.length == 0 ? value : (value - mean[index % mean.length]) / std[index % mean.length];
    }

    /** Scales the features of all rows of a batch in place. */
    public void apply(Batch batch) {
        if (mean.length == 0) {
            return;
        }
        SparseMatrix entries = batch.entries();
        if (entries != null && keepsZeros()) {
            for (int i = 0; i < entries.entries(); i++) {
                entries.values()[i] /= std[entries.indexes()[i] % std.length];
            }
            return;
        }
        Tensor features = batch.features();
        apply(
                features.array(),
                features.offset(),
                batch.rows() * features.shape().size());
    }

    /** Scales the targets of all rows of a batch in place, as training sees them. */
    public void applyToTargets(Batch batch) {
        if (targets != null) {
            Tensor values = batch.targets();
            targets.apply(
                    values.array(),
                    values.offset(),
                    batch.rows() * values.shape().size());
        }
    }

    /**
     * Scales whole rows in place.
     *
     * @param values updated
     * @param offset where the first row begins
     * @param length how many floats
     */
    public void apply(float[] values, int offset, int length) {
        if (mean.length == 0) {
            return;
        }
        if (mean.length == 1) {
            float shift = mean[0];
            float scale = std[0];
            for (int i = offset; i < offset + length; i++) {
                values[i] = (values[i] - shift) / scale;
            }
            return;
        }
        for (int from = offset; from < offset + length; from += mean.length) {
            for (int i = 0; i < mean.length; i++) {
                values[from + i] = (values[from + i] - mean[i]) / std[i];
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scaling scaling
                && Arrays.equals(mean, scaling.mean)
                && Arrays.equals(std, scaling.std)
                && Objects.equals(targets, scaling.targets);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(mean) + Arrays.hashCode(std)) + Objects.hashCode(targets);
    }

    @Override
    public String toString() {
        return "Scaling[mean=" + Arrays.toString(mean) + ", std=" + Arrays.toString(std)
                + (targets == null ? "" : ", targets=" + targets) + "]";
    }
}
