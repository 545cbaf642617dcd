package dev.lockstep.spark.chaos;

import dev.lockstep.spark.scripts.Signal;
import java.io.IOException;
import java.util.Optional;

/**
 * An executor is killed; its worker starts another one.
 *
 * @param pick chooses the executor
 */
record KillExecutor(int pick) implements Fault {
    @Override
    public void inject(DisturbedTraining training) throws IOException, InterruptedException {
        Optional<ProcessHandle> victim = training.executor(pick);
        if (victim.isPresent() && Signal.KILL.send(victim.get())) {
            training.injected("executor killed");
        }
    }
}
