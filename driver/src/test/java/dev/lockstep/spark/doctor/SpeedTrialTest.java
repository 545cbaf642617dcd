package dev.lockstep.spark.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.spark.report.TrainingOverview;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps that become faster while the compiler is at work, by a clock of the test's own. */
class SpeedTrialTest {
    private static final long MILLI = 1_000_000;

    private long now;
    private boolean ended;

    @Test
    void theFastestPartCounts() {
        SpeedTrial trial = new SpeedTrial(1_000 * MILLI, () -> now, () -> ended = true);
        trial.started(new TrainingOverview(9, 50, 1000, 0, 42, 4, 2, 2, 0, 0, "gradient"));
        int taken = 0;
        while (!ended) {
            now += taken < 20 ? 40 * MILLI : 4 * MILLI;
            taken++;
            trial.ranks(List.of(new StepTimes(3L * taken * MILLI, 0, 0), new StepTimes(2L * taken * MILLI, 0, 0)));
            trial.step((taken - 1) / 50 + 1, (taken - 1) % 50 + 1, 50, 1.0 / taken);
        }
        assertThat(taken).isEqualTo(70);
        assertThat(trial.millisAStep()).isCloseTo(4, within(1e-9));
        assertThat(trial.aloneMillisAStep()).isCloseTo(5, within(1e-9));
        assertThat(trial.firstLoss()).isEqualTo(1.0);
        assertThat(trial.steps()).isEqualTo(70);
        assertThat(trial.worstLoss()).as("losses that fall").isEqualTo(1.0);
    }

    /** One outlier is no trend: of a loss of 11 after one of 1, a tenth of the difference counts at first. */
    @Test
    void lossesAreSmoothed() {
        SpeedTrial trial = new SpeedTrial(1_000 * MILLI, () -> now, () -> ended = true);
        trial.started(new TrainingOverview(1, 3, 8, 0, 42, 1, 1, 1, 0, 0, "gradient"));
        trial.step(1, 1, 3, 1);
        trial.step(1, 2, 3, 11);
        trial.step(1, 3, 3, 1);
        assertThat(trial.worstLoss()).isCloseTo(2, within(1e-9));
    }

    @Test
    void aTrainingThatIsOverBeforeIsMeasuredAsAWhole() {
        SpeedTrial trial = new SpeedTrial(1_000 * MILLI, () -> now, () -> ended = true);
        trial.started(new TrainingOverview(1, 2, 8, 0, 42, 1, 1, 1, 0, 0, "gradient"));
        now = 6 * MILLI;
        trial.step(1, 1, 2, 0.7);
        now = 10 * MILLI;
        trial.step(1, 2, 2, 0.6);
        assertThat(ended).isFalse();
        assertThat(trial.millisAStep()).isCloseTo(5, within(1e-9));
        assertThat(trial.aloneMillisAStep()).isNaN();
    }
}
