package dev.lockstep.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    /** 10 steps an epoch, 10 epochs. */
    private static final Horizon HORIZON = new Horizon(10, 100);

    private record Epoch(double loss, double validationLoss) implements EpochOutcome {}

    private static void assertFactors(Schedule schedule, double... stepsAndFactors) {
        for (int i = 0; i < stepsAndFactors.length; i += 2) {
            assertThat(schedule.factor((long) stepsAndFactors[i], HORIZON, List.of()))
                    .as("%s at step %s", schedule, stepsAndFactors[i])
                    .isCloseTo(stepsAndFactors[i + 1], within(1e-12));
        }
    }

    @Test
    void functionsOfTheStep() {
        assertFactors(new Schedule.Constant(), 0, 1, 99, 1);
        assertFactors(new Schedule.Step(3, 0.5), 0, 1, 29, 1, 30, 0.5, 59, 0.5, 60, 0.25);
        assertFactors(new Schedule.Exponential(0.9), 0, 1, 10, 0.9, 15, Math.pow(0.9, 1.5));
        assertFactors(new Schedule.Polynomial(2.0, 0.1), 0, 1, 50, 0.1 + 0.9 * 0.25, 100, 0.1);
        assertFactors(new Schedule.Cosine(0.2), 0, 1, 50, 0.6, 100, 0.2);
        assertFactors(new Schedule.Warmup(2, new Schedule.Cosine(null)), 0, 0.05, 19, 1, 20, 1, 60, 0.5, 100, 0);
    }

    @Test
    void oneCycleStartsPeaksAndEnds() {
        Schedule.OneCycle cycle = new Schedule.OneCycle(null, null, null);
        assertFactors(cycle, 0, 0.04, 15, 0.52, 30, 1, 99, 4e-6);
        for (int step = 1; step < 100; step++) {
            double before = cycle.factor(step - 1, HORIZON, List.of());
            double now = cycle.factor(step, HORIZON, List.of());
            assertThat(now > before).as("rises at step %d", step).isEqualTo(step <= 30);
        }
    }

    @Test
    void aPlateauReducesTheRate() {
        Schedule.ReduceOnPlateau plateau =
                new Schedule.ReduceOnPlateau(0.5, 2, 0.01, Schedule.ReduceOnPlateau.Progress.ABSOLUTE, 0.2, null);
        double[] validation = {1.0, 0.9, 0.895, 0.897, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86};
        // After each epoch: 0.895 and 0.897 are two without progress, then 0.8 is progress, then every second drops.
        double[] factors = {1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2};
        List<Epoch> history = new ArrayList<>();
        assertThat(plateau.factor(0, HORIZON, history)).isEqualTo(1);
        for (int i = 0; i < validation.length; i++) {
            history.add(new Epoch(-i, validation[i]));
            assertThat(plateau.factor(10L * i, HORIZON, history))
                    .as("after epoch %d", i + 1)
                    .isEqualTo(factors[i]);
        }
        Schedule.ReduceOnPlateau onTraining = new Schedule.ReduceOnPlateau(
                0.5, 2, 0.01, Schedule.ReduceOnPlateau.Progress.ABSOLUTE, 0.2, Schedule.ReduceOnPlateau.Watched.LOSS);
        assertThat(onTraining.factor(0, HORIZON, history))
                .as("the training loss falls")
                .isEqualTo(1);
        assertThat(onTraining.needsValidation()).isFalse();
        assertThat(new Schedule.Warmup(1, plateau).needsValidation()).isTrue();
        assertThat(new Schedule.Warmup(1, plateau).factor(50, HORIZON, history)).isEqualTo(0.2);
    }

    /** 1 % of 1000 and of 0.01 alike; a negative loss gets better downwards. */
    @Test
    void progressIsAPartOfTheBestLoss() {
        Schedule.ReduceOnPlateau plateau =
                new Schedule.ReduceOnPlateau(0.5, 1, 0.01, null, null, Schedule.ReduceOnPlateau.Watched.LOSS);
        for (double scale : new double[] {1000, 0.01}) {
            assertThat(plateau.factor(0, null, losses(scale, 0.98 * scale))).isEqualTo(1);
            assertThat(plateau.factor(0, null, losses(scale, 0.995 * scale))).isEqualTo(0.5);
        }
        assertThat(plateau.factor(0, null, losses(-1, -1.02))).isEqualTo(1);
        assertThat(plateau.factor(0, null, losses(-1, -1.005))).isEqualTo(0.5);
    }

    private static List<EpochOutcome> losses(double before, double after) {
        return List.of(new Epoch(before, Double.NaN), new Epoch(after, Double.NaN));
    }
}
