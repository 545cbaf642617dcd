package dev.lockstep.spark.chaos;

import dev.lockstep.spark.scripts.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * An executor is stopped for longer than the network timeout, then continued.
 *
 * @param pick chooses the executor
 * @param time how long it is stopped
 */
record StopExecutor(int pick, Duration time) implements Fault {
    @Override
    public void inject(DisturbedTraining training) throws IOException, InterruptedException {
        Optional<ProcessHandle> victim = training.executor(pick);
        if (victim.isEmpty() || !Signal.STOP.send(victim.get())) {
            return;
        }
        try {
            training.injected(
                    "executor stopped for " + time.toSeconds() + " s",
                    ", the network timeout being " + DisturbedTraining.NETWORK_TIMEOUT.toSeconds() + " s");
            training.pause(time);
        } finally {
            Signal.CONT.send(victim.get());
        }
    }
}
