package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.spec.Expect;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Ends training when a figure has not become better for a number of epochs, and keeps the weights of the best one
 * (Prechelt 1998).
 *
 * @param metric which figure; the validation loss unless given
 * @param patience epochs without a new best after which training ends; 5 unless given
 * @param minDelta a figure is a new best only if it is better than the last one by more than this; 0 unless given
 * @param mode whether less or more is better; null: by the figure
 * @param restoreBest whether the model is that of the best epoch, not of the last one; true unless given
 */
public record EarlyStopping(
        Metric metric,
        Integer patience,
        Double minDelta,
        @Nullable Mode mode,
        Boolean restoreBest) {

    /** The direction in which a figure is better. */
    public enum Mode {
        /** Small ones. */
        MIN,
        /** Great ones. */
        MAX
    }

    /** The figures to watch. */
    public enum Metric {
        /** Mean loss over the validation rows. */
        VALIDATION_LOSS("validationLoss", null, EpochMetrics::validationLoss),
        /** Accuracy over the validation rows. */
        VALIDATION_ACCURACY("validationAccuracy", Score.ACCURACY, EpochMetrics::validationScore),
        /** Root mean squared error over the validation rows. */
        VALIDATION_RMSE("validationRmse", Score.RMSE, EpochMetrics::validationScore),
        /** Mean training loss of the epoch. */
        LOSS("loss", null, EpochMetrics::loss),
        /** Training accuracy of the epoch. */
        ACCURACY("accuracy", Score.ACCURACY, EpochMetrics::score),
        /** Root mean squared training error of the epoch. */
        RMSE("rmse", Score.RMSE, EpochMetrics::score),
        /** Divergence of weights that are distributions from their priors, at the epoch's end. */
        KL("kl", null, EpochMetrics::divergence),
        /** The evidence lower bound: minus training loss and divergence. */
        ELBO("elbo", null, EpochMetrics::elbo);

        private final String label;
        private final @Nullable Score score;
        private final ToDoubleFunction<EpochMetrics> figure;

        Metric(String label, @Nullable Score score, ToDoubleFunction<EpochMetrics> figure) {
            this.label = label;
            this.score = score;
            this.figure = figure;
        }

        /** Its name in job files and metrics files. */
        public String label() {
            return label;
        }

        /** Whether it is reported where the loss comes with a given score. */
        public boolean fits(Score reported) {
            return score == null || score == reported;
        }

        private Mode better() {
            return this == ELBO || score != null && score.moreIsBetter() ? Mode.MAX : Mode.MIN;
        }

        /** Whether it is known only where weights are distributions. */
        public boolean needsDistributions() {
            return this == KL || this == ELBO;
        }

        /** Whether it is a figure of the validation rows. */
        public boolean needsValidation() {
            return this == VALIDATION_LOSS || this == VALIDATION_ACCURACY || this == VALIDATION_RMSE;
        }
    }

    public EarlyStopping {
        metric = metric == null ? Metric.VALIDATION_LOSS : metric;
        patience = patience == null ? 5 : Expect.atLeast("patience", patience, 1);
        minDelta = minDelta == null ? 0 : Expect.notNegative("minDelta", minDelta);
        restoreBest = restoreBest == null || restoreBest;
    }

    /** With the other settings' defaults. */
    @SuppressWarnings("NullAway") // settings that are absent are null to the canonical constructor
    public EarlyStopping(Metric metric, Integer patience) {
        this(metric, patience, null, null, null);
    }

    /** Whether training should end after these epochs; a function of the history alone. */
    public boolean shouldStop(List<EpochMetrics> history) {
        return history.size() - best(history) >= patience;
    }

    /** The best of these epochs, from 1; 0 before the first one. A function of the history alone. */
    public int best(List<EpochMetrics> history) {
        int bestEpoch = 0;
        double best = Double.NaN;
        for (int i = 0; i < history.size(); i++) {
            double value = metric.figure.applyAsDouble(history.get(i));
            if (bestEpoch == 0 || Double.isNaN(best) && !Double.isNaN(value) || isBetter(value, best)) {
                best = value;
                bestEpoch = i + 1;
            }
        }
        return bestEpoch;
    }

    private boolean isBetter(double value, double best) {
        Mode better = mode == null ? metric.better() : mode;
        return better == Mode.MAX ? value > best + minDelta : value < best - minDelta;
    }
}
