package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.metric.Calibration;
import dev.lockstep.nn.metric.ClassCounts;
import dev.lockstep.nn.metric.LabelCounts;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.Perplexity;
import dev.lockstep.nn.metric.RocAuc;
import dev.lockstep.nn.metric.TemperatureGrid;
import dev.lockstep.nn.metric.ThresholdGrid;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Independent yes-or-no questions, one an output: {@code p(t_j = 1 | z) = sigmoid(z_j)}. A single one whose target is a
 * label tells two classes apart.
 */
record BernoulliLikelihood() implements Likelihood {

    @Override
    public Activation link() {
        return new Activation.Sigmoid();
    }

    @Override
    public Score score() {
        return Score.ACCURACY;
    }

    @Override
    public boolean classifies(int labelColumns) {
        return labelColumns <= 1;
    }

    @Override
    public boolean allowsScaledTargets() {
        return false;
    }

    @Override
    public int targets(Shape output) {
        return Steps.width(output);
    }

    @Override
    public MetricSet metrics(Shape output) {
        int questions = targets(output);
        RocAuc areas = new RocAuc(questions, RocAuc.Kind.LABELS);
        return new MetricSet(
                questions == 1
                        ? List.of(new ClassCounts(2), new Perplexity(true), new Calibration(true), areas)
                        : List.of(new LabelCounts(questions), new Perplexity(true), areas));
    }

    @Override
    public TemperatureGrid temperatures() {
        return new TemperatureGrid(true);
    }

    @Override
    public @Nullable ThresholdGrid thresholds(Shape output, boolean classes, ThresholdGrid.Criterion criterion) {
        return classes && targets(output) == 1 ? new ThresholdGrid(criterion) : null;
    }

    @Override
    public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        if (!names.classes()) {
            return PredictionColumn.ofMeans(names, targets(output), mixed);
        }
        List<PredictionColumn> columns = new ArrayList<>(List.of(
                PredictionColumn.of(Content.MORE_PROBABLE_ANSWER),
                PredictionColumn.of(Content.GREATER_PROBABILITY),
                PredictionColumn.of(Content.COMPLEMENT, 0, names.ofClass(0)),
                PredictionColumn.of(Content.PROBABILITY, 0, names.ofClass(1))));
        if (mixed) {
            columns.addAll(PredictionColumn.entropies());
        }
        return columns;
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new Mixture(output, targets(output), mixedRows);
    }

    /**
     * {@code p = 1/M sum_i p_i}; {@code log(p / (1 - p))} stands for it, both parts summed in double from the logits: a
     * float cannot tell a probability near 1 from 1. The questions' entropies add up.
     */
    private static final class Mixture extends ProbabilityMixture {
        private final double[] yes;
        private final double[] no;

        Mixture(Shape output, int targets, int mixedRows) {
            super(output, targets, mixedRows);
            yes = new double[mixedRows * output.size()];
            no = new double[yes.length];
        }

        @Override
        double entropy(double probability) {
            double p = probability;
            return surprise(p) - (p >= 1 ? 0 : (1 - p) * StrictMath.log(1 - p));
        }

        @Override
        public void begin(int passRows) {
            super.begin(passRows);
            Arrays.fill(yes, 0);
            Arrays.fill(no, 0);
        }

        @Override
        public void add(Tensor before, Tensor component) {
            super.add(before, component);
            for (int row = 0; row < rows(); row++) {
                for (int i = 0; i < size(); i++) {
                    double z = before.array()[before.rowOffset(row) + i];
                    yes[row * size() + i] += 1 / (1 + StrictMath.exp(-z));
                    no[row * size() + i] += 1 / (1 + StrictMath.exp(z));
                }
            }
        }

        @Override
        double output(int row, int index) {
            double p = Math.max(yes[row * size() + index], LEAST_PROBABILITY);
            double q = Math.max(no[row * size() + index], LEAST_PROBABILITY);
            return StrictMath.log(p) - StrictMath.log(q);
        }
    }
}
