package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.train.EarlyStopping.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When training ends early: a function of the epochs' figures alone. */
class EarlyStoppingTest {
    /** The epoch after which training stops; 0: never. */
    private static int stopsAfter(EarlyStopping stopping, double... figures) {
        List<EpochMetrics> history = new ArrayList<>();
        for (int i = 0; i < figures.length; i++) {
            history.add(new EpochMetrics(i + 1, i, figures[i], figures[i], figures[i], figures[i], Double.NaN, 0));
            if (stopping.shouldStop(history)) {
                return i + 1;
            }
        }
        return 0;
    }

    @Test
    void afterAsManyEpochsWithoutANewBest() {
        EarlyStopping stopping = new EarlyStopping(Metric.VALIDATION_LOSS, 2);
        assertThat(stopsAfter(stopping, 3, 2, 2.5, 2.1, 1)).isEqualTo(4);
        assertThat(stopsAfter(stopping, 3, 2, 2.5, 1.9, 2, 1.8)).isZero();
    }

    @Test
    void anEqualFigureIsNoNewBest() {
        assertThat(stopsAfter(new EarlyStopping(Metric.LOSS, 2), 1, 1, 1)).isEqualTo(3);
    }

    @Test
    void moreAccuracyAndLessErrorAreBetter() {
        double[] rising = {1, 2, 3, 4};
        assertThat(stopsAfter(new EarlyStopping(Metric.VALIDATION_ACCURACY, 1), rising))
                .isZero();
        assertThat(stopsAfter(new EarlyStopping(Metric.ACCURACY, 1), rising)).isZero();
        assertThat(stopsAfter(new EarlyStopping(Metric.VALIDATION_RMSE, 1), rising))
                .isEqualTo(2);
        assertThat(stopsAfter(new EarlyStopping(Metric.RMSE, 1), rising)).isEqualTo(2);
    }

    @Test
    void aNewBestIsBetterByMoreThanMinDelta() {
        EarlyStopping stopping = new EarlyStopping(Metric.VALIDATION_LOSS, 2, 0.5, null, null);
        assertThat(stopsAfter(stopping, 3, 2.5, 2.4)).isZero();
        assertThat(stopsAfter(stopping, 3, 2.75, 2.5, 1)).isEqualTo(3);
        EarlyStopping rising = new EarlyStopping(Metric.ACCURACY, 1, 0.25, null, null);
        assertThat(stopsAfter(rising, 0.25, 0.75, 1)).isEqualTo(3);
    }

    @Test
    void whatIsBetterCanBeSaid() {
        EarlyStopping most = new EarlyStopping(Metric.LOSS, 1, null, EarlyStopping.Mode.MAX, null);
        assertThat(stopsAfter(most, 1, 2, 3)).isZero();
        assertThat(stopsAfter(most, 3, 2)).isEqualTo(2);
    }

    /** The first of equal ones; a figure that is no number is never the best where there is one. */
    @Test
    void theBestEpochIsKnown() {
        List<EpochMetrics> history = new ArrayList<>();
        EarlyStopping stopping = new EarlyStopping(Metric.VALIDATION_LOSS, 9);
        assertThat(stopping.best(history)).isZero();
        int[] best = {1, 2, 2, 4, 4};
        double[] figures = {Double.NaN, 3, 3, 2, 2.5};
        for (int i = 0; i < figures.length; i++) {
            history.add(new EpochMetrics(i + 1, i, 0, 0, figures[i], 0, Double.NaN, 0));
            assertThat(stopping.best(history)).isEqualTo(best[i]);
        }
    }

    @Test
    void theEvidenceLowerBoundIsMinusLossAndDivergence() {
        assertThat(new EpochMetrics(1, 1, 2, 0, 0, 0, 0.5, 0).elbo()).isEqualTo(-2.5);
        List<EpochMetrics> history =
                List.of(new EpochMetrics(1, 1, 2, 0, 0, 0, 0.5, 0), new EpochMetrics(2, 2, 1, 0, 0, 0, 1, 0));
        assertThat(new EarlyStopping(Metric.ELBO, 9).best(history)).isEqualTo(2);
        assertThat(new EarlyStopping(Metric.KL, 9).best(history)).isEqualTo(1);
    }

    /** Loss, score, validation loss, validation score: one gets worse and the others better. */
    @ParameterizedTest
    @CsvSource({
        "LOSS, 0",
        "ACCURACY, 1",
        "RMSE, 1",
        "VALIDATION_LOSS, 2",
        "VALIDATION_ACCURACY, 3",
        "VALIDATION_RMSE, 3",
    })
    void eachMetricIsAFigureOfItsOwn(Metric metric, int figure) {
        double better = metric == Metric.ACCURACY || metric == Metric.VALIDATION_ACCURACY ? 1 : -1;
        List<EpochMetrics> history = new ArrayList<>();
        for (int epoch = 0; epoch < 2; epoch++) {
            double[] figures = new double[4];
            Arrays.fill(figures, better * epoch);
            figures[figure] = -better * epoch;
            history.add(
                    new EpochMetrics(epoch + 1, epoch, figures[0], figures[1], figures[2], figures[3], Double.NaN, 0));
        }
        assertThat(new EarlyStopping(metric, 1).shouldStop(history)).isTrue();
    }
}
