package dev.lockstep.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.train.EarlyStopping.Metric;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When training ends early: a function of the epochs' figures alone. */
class EarlyStoppingTest {
    /** The epoch after which training stops; 0: never. */
    private static int stopsAfter(EarlyStopping stopping, double... figures) {
        List<EpochMetrics> history = new ArrayList<>();
        for (int i = 0; i < figures.length; i++) {
            history.add(new EpochMetrics(i + 1, i, figures[i], figures[i], figures[i], figures[i], 0));
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
}
