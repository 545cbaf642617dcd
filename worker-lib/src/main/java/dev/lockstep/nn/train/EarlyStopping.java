package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.spec.Expect;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Ends training when a figure has not become better for a number of epochs.
 *
 * @param metric which figure; the validation loss unless given
 * @param patience epochs without a new best after which training ends; 5 unless given
 */
public record EarlyStopping(Metric metric, Integer patience) {

    /** What can be watched. */
    public enum Metric {
        /** Mean loss over the validation rows. */
        VALIDATION_LOSS(EpochMetrics::validationLoss),
        /** Accuracy or rmse over the validation rows, whichever goes with the loss. */
        VALIDATION_SCORE(EpochMetrics::validationScore),
        /** Mean training loss of the epoch. */
        LOSS(EpochMetrics::loss),
        /** Training accuracy or rmse of the epoch. */
        SCORE(EpochMetrics::score);

        private final ToDoubleFunction<EpochMetrics> figure;

        Metric(ToDoubleFunction<EpochMetrics> figure) {
            this.figure = figure;
        }

        /** Whether it is a figure of the validation rows. */
        public boolean needsValidation() {
            return this == VALIDATION_LOSS || this == VALIDATION_SCORE;
        }
    }

    public EarlyStopping {
        metric = metric == null ? Metric.VALIDATION_LOSS : metric;
        patience = patience == null ? 5 : Expect.atLeast("patience", patience, 1);
    }

    /** Whether training should end after these epochs; a function of the history alone. */
    public boolean shouldStop(List<EpochMetrics> history, Score score) {
        boolean moreIsBetter = score.moreIsBetter() && (metric == Metric.VALIDATION_SCORE || metric == Metric.SCORE);
        int bestAt = -1;
        double best = Double.NaN;
        for (int i = 0; i < history.size(); i++) {
            double value = metric.figure.applyAsDouble(history.get(i));
            if (bestAt < 0 || (moreIsBetter ? value > best : value < best)) {
                best = value;
                bestAt = i;
            }
        }
        return history.size() - 1 - bestAt >= patience;
    }
}
