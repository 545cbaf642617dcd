package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.Score;
import dev.lockstep.nn.spec.Expect;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

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
        RMSE("rmse", Score.RMSE, EpochMetrics::score);

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

        private boolean moreIsBetter() {
            return score != null && score.moreIsBetter();
        }

        /** Whether it is a figure of the validation rows. */
        public boolean needsValidation() {
            return this == VALIDATION_LOSS || this == VALIDATION_ACCURACY || this == VALIDATION_RMSE;
        }
    }

    public EarlyStopping {
        metric = metric == null ? Metric.VALIDATION_LOSS : metric;
        patience = patience == null ? 5 : Expect.atLeast("patience", patience, 1);
    }

    /** Whether training should end after these epochs; a function of the history alone. */
    public boolean shouldStop(List<EpochMetrics> history) {
        int bestAt = -1;
        double best = Double.NaN;
        for (int i = 0; i < history.size(); i++) {
            double value = metric.figure.applyAsDouble(history.get(i));
            if (bestAt < 0 || (metric.moreIsBetter() ? value > best : value < best)) {
                best = value;
                bestAt = i;
            }
        }
        return history.size() - 1 - bestAt >= patience;
    }
}
