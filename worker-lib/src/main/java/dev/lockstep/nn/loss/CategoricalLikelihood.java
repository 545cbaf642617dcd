package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.metric.Calibration;
import dev.lockstep.nn.metric.ClassCounts;
import dev.lockstep.nn.metric.Metric;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.Perplexity;
import dev.lockstep.nn.metric.RocAuc;
import dev.lockstep.nn.metric.TemperatureGrid;
import dev.lockstep.nn.metric.ThresholdGrid;
import dev.lockstep.nn.metric.TopAccuracy;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One class of {@code K}, a row or a step: {@code p(t | z) = softmax(z)_t}. Outputs {@code [K]} or {@code [steps, K]}.
 */
record CategoricalLikelihood() implements Likelihood {
    /** Most classes for which there is a confusion matrix, and for which all scores are sorted. */
    private static final int MOST_COUNTED = 256;

    private static final int MOST_SORTED = 20;
    private static final int TOP = 5;

    @Override
    public Activation link() {
        return new Activation.Softmax();
    }

    @Override
    public Score score() {
        return Score.ACCURACY;
    }

    @Override
    public boolean classifies(int labelColumns) {
        return true;
    }

    @Override
    public boolean allowsScaledTargets() {
        return false;
    }

    @Override
    public int targets(Shape output) {
        return 1;
    }

    /** Where there are many classes, or a class a step, figures whose sums would become large are left out. */
    @Override
    public MetricSet metrics(Shape output) {
        int classes = output.last();
        List<Metric> metrics = new ArrayList<>();
        metrics.add(classes <= MOST_COUNTED ? new ClassCounts(classes) : new TopAccuracy(1));
        metrics.add(new Perplexity(false));
        metrics.add(new Calibration(false));
        if (classes > TOP) {
            metrics.add(new TopAccuracy(TOP));
        }
        if (output.rank() == 1 && classes <= MOST_SORTED) {
            metrics.add(new RocAuc(classes == 2 ? 1 : classes, RocAuc.Kind.CLASSES));
        }
        return new MetricSet(metrics);
    }

    @Override
    public TemperatureGrid temperatures() {
        return new TemperatureGrid(false);
    }

    @Override
    public @Nullable ThresholdGrid thresholds(Shape output, boolean classes, ThresholdGrid.Criterion criterion) {
        return output.last() == 2 ? new ThresholdGrid(criterion) : null;
    }

    @Override
    public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        List<PredictionColumn> columns = new ArrayList<>();
        columns.add(PredictionColumn.of(Content.MOST_PROBABLE_CLASS));
        columns.add(PredictionColumn.of(Content.GREATEST_PROBABILITY));
        for (int k = 0; k < output.size(); k++) {
            columns.add(PredictionColumn.of(Content.PROBABILITY, k, names.ofClass(k)));
        }
        if (mixed) {
            columns.addAll(PredictionColumn.entropies());
        }
        return columns;
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new Mixture(output, targets(output), mixedRows);
    }

    /** {@code p = 1/M sum_i p_i}; its logarithm stands for it, since {@code softmax(log p) = p}. */
    private static final class Mixture extends ProbabilityMixture {
        Mixture(Shape output, int targets, int mixedRows) {
            super(output, targets, mixedRows);
        }

        @Override
        double entropy(double probability) {
            return surprise(probability);
        }

        @Override
        double output(int row, int index) {
            return StrictMath.log(Math.max(average(row, index), LEAST_PROBABILITY));
        }
    }
}
