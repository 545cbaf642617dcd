package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.metric.Densities;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Predictive distributions of numbers that keep their components, for the density of the mixture itself. */
abstract class NumberMixture extends PredictiveDistribution implements Densities {
    /** What each component predicts, row after row. */
    private final List<float[]> parts = new ArrayList<>();

    NumberMixture(Shape output, int targets, int mixedRows, @Nullable Scaling scaling) {
        super(output, targets, mixedRows, scaling);
    }

    @Override
    public final void add(Tensor before, Tensor component) {
        int part = components();
        super.add(before, component);
        if (part == parts.size()) {
            parts.add(new float[mixedElements()]);
        }
        for (int row = 0; row < rows(); row++) {
            System.arraycopy(component.array(), component.rowOffset(row), parts.get(part), row * size(), size());
        }
    }

    /** How many components there are; 1 where there is a single prediction. */
    final int partCount() {
        return Math.max(1, components());
    }

    /** An output of a component of a mixture after the link, in the units that the network predicts in. */
    final float part(int part, int row, int index) {
        return parts.get(part)[row * size() + index];
    }

    /** The outputs of a component after the link, row after row, in the units that the network predicts in. */
    final float[] part(int part) {
        return parts.get(part);
    }

    /** The logarithm of a component's density or probability at a value. */
    abstract double partLogDensity(int part, int row, int index, double value);

    @Override
    public final Densities densities() {
        return this;
    }

    /** {@code log(1/M sum_i p_i(t))}. */
    @Override
    public final double logDensity(int row, int index, double value) {
        double greatest = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int part = 0; part < partCount(); part++) {
            double log = partLogDensity(part, row, index, value);
            if (log > greatest) {
                sum = sum * StrictMath.exp(greatest - log) + 1;
                greatest = log;
            } else {
                sum += StrictMath.exp(log - greatest);
            }
        }
        return greatest + StrictMath.log(sum / partCount());
    }

    /**
     * Where the cumulative distribution reaches a probability, found by halving.
     *
     * @param from where it is below
     * @param to where it is not
     */
    final double quantile(int row, int index, double probability, double from, double to) {
        double low = from;
        double high = to;
        double precision = (to - from) * 0x1p-32;
        while (high - low > precision) {
            double middle = low + (high - low) / 2;
            if (cumulative(row, index, middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low + (high - low) / 2;
    }
}
