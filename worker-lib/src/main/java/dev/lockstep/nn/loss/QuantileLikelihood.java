package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.QuantileFit;
import dev.lockstep.nn.tensor.Shape;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Quantiles of numbers: of {@code K d} outputs a step the first {@code d} are the targets' quantiles of the first
 * level, and so on. The level nearest to one half is the prediction. Of several components (samples, members) a
 * quantile is the mean of theirs.
 *
 * @param levels which shares of the targets lie below
 */
record QuantileLikelihood(List<Double> levels) implements NumberLikelihood {
    private static final double EVEN = 0.5;

    /** The number of the level that is nearest to one half, of two the lower one. */
    static int middle(List<Double> levels) {
        int middle = 0;
        for (int k = 1; k < levels.size(); k++) {
            if (Math.abs(levels.get(k) - EVEN) < Math.abs(levels.get(middle) - EVEN)) {
                middle = k;
            }
        }
        return middle;
    }

    @Override
    public Activation link() {
        return new Activation.Linear();
    }

    @Override
    public boolean allowsScaledTargets() {
        return true;
    }

    @Override
    public int targets(Shape output) {
        return Steps.width(output) / levels.size();
    }

    @Override
    public MetricSet metrics(Shape output) {
        return new MetricSet(List.of(new QuantileFit(targets(output), levels, middle(levels))));
    }

    @Override
    public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        int numbers = targets(output);
        List<PredictionColumn> columns = new ArrayList<>();
        add(columns, names, numbers, Content.PREDICTION, middle(levels), "");
        for (int k = 0; k < levels.size(); k++) {
            add(columns, names, numbers, Content.QUANTILE, k, "_" + percent(levels.get(k)));
        }
        if (mixed) {
            add(columns, names, numbers, Content.EPISTEMIC_DEVIATION, middle(levels), "");
        }
        return columns;
    }

    /** A level in percent, in a form that names of columns have: {@code 97_5}. */
    private static String percent(double level) {
        return new BigDecimal(Double.toString(level))
                .movePointRight(2)
                .stripTrailingZeros()
                .toPlainString()
                .replace('.', '_');
    }

    private static void add(
            List<PredictionColumn> columns, TargetNames names, int numbers, Content content, int level, String suffix) {
        for (int i = 0; i < numbers; i++) {
            String about = numbers == 1 ? "" : "_" + names.ofNumber(i, numbers);
            columns.add(PredictionColumn.named(content, level * numbers + i, suffix + about));
        }
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return new MeanMixture(output, targets(output), mixedRows, scaling);
    }
}
