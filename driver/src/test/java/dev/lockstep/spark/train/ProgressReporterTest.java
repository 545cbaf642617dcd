package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.spark.report.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressReporterTest {
    private static final TrainState INITIAL = TrainState.initial(new Parameters(new float[1], new float[0]), 0, false);

    /** With fewer rows a step than shards, steps without rows come between the others. */
    @Test
    void aRoundWithoutRowsHasNoLoss() {
        List<String> steps = new ArrayList<>();
        ProgressReporter reporter = new ProgressReporter(
                Network.bind(new ModelSpec(List.of(new Dense(2)), new CrossEntropy()), Shape.of(1)),
                () -> StepTimes.ZERO,
                List::of,
                null,
                new TrainingListener() {
                    @Override
                    public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
                        steps.add(stepInEpoch + "/" + stepsInEpoch + " " + loss);
                    }
                });
        reporter.started(new TrainingPlan(0, 2, 4, 1, 1), INITIAL);
        reporter.round(after(1, LossSum.ZERO));
        reporter.round(after(2, new LossSum(3, 2, 2, 2, 0, 2)));
        reporter.round(after(3, new LossSum(3, 2, 2, 2, 0, 2)));
        reporter.round(after(4, new LossSum(4, 4, 4, 4, 0, 4)));
        assertThat(steps).containsExactly("2/4 1.5", "4/4 0.5");
    }

    private static TrainState after(long steps, LossSum losses) {
        return new TrainState(
                steps,
                0,
                steps,
                INITIAL.parameters(),
                INITIAL.optimizerState(),
                INITIAL.outerMomentum(),
                INITIAL.residuals(),
                losses,
                List.of());
    }
}
