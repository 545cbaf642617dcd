package dev.lockstep.spark.bench;

import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.spark.sync.AllReduce;
import java.util.List;

/** The project's own training: whole rounds of a {@link Synchronizer}, the Spark jobs that they take included. */
final class Training implements Way {
    private final BenchJob job;
    private final Synchronizer synchronizer;
    private TrainState state;

    Training(BenchJob job, Synchronizer synchronizer) {
        this.job = job;
        this.synchronizer = synchronizer;
        this.state = job.initial();
    }

    @Override
    public Cost measure(double seconds) {
        StepTimes timesBefore = job.ranks().traffic().stepTimes();
        long stepsBefore = state.step();
        long start = System.nanoTime();
        double elapsed;
        do {
            state = synchronizer.round(state);
            if (state.stepInEpoch() == job.setup().plan().stepsPerEpoch()) {
                state = state.nextEpoch(List.of());
            }
            elapsed = (System.nanoTime() - start) / 1e9;
        } while (elapsed < seconds);
        long steps = state.step() - stepsBefore;
        StepTimes times = job.ranks().traffic().stepTimes().since(timesBefore);
        return new Cost(elapsed * 1e3 / steps, synchronizer instanceof AllReduce ? times : null, steps);
    }
}
