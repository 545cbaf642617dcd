package dev.lockstep.nn.loss;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.metric.SoftClasses;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One class of {@code K}, a row or a step, of which the target says how probable each is: {@code p = softmax(z)}.
 * Outputs {@code [K]} or {@code [steps, K]}, targets as many shares.
 */
record SoftCategoricalLikelihood() implements Likelihood {
    private static final CategoricalLikelihood HARD = new CategoricalLikelihood();

    @Override
    public Activation link() {
        return HARD.link();
    }

    @Override
    public Score score() {
        return Score.ACCURACY;
    }

    @Override
    public boolean classifies(int labelColumns) {
        return false;
    }

    @Override
    public boolean allowsScaledTargets() {
        return false;
    }

    @Override
    public int targets(Shape output) {
        return 1;
    }

    @Override
    public MetricSet metrics(Shape output) {
        return new MetricSet(List.of(new SoftClasses()));
    }

    @Override
    public List<PredictionColumn> columns(TargetNames names, Shape output, boolean mixed) {
        List<PredictionColumn> columns = new ArrayList<>();
        columns.add(PredictionColumn.of(Content.MOST_PROBABLE_CLASS));
        columns.add(PredictionColumn.of(Content.GREATEST_PROBABILITY));
        for (int k = 0; k < output.size(); k++) {
            columns.add(PredictionColumn.of(Content.PROBABILITY, k, names.ofNumber(k, output.size())));
        }
        if (mixed) {
            columns.addAll(PredictionColumn.entropies());
        }
        return columns;
    }

    @Override
    public PredictiveDistribution distribution(Shape output, int mixedRows, @Nullable Scaling scaling) {
        return HARD.distribution(output, mixedRows, scaling);
    }
}
