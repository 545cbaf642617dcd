package dev.lockstep.spark.chaos;

import dev.lockstep.spark.scripts.Signal;
import java.io.IOException;

/** The training is cancelled with SIGTERM, ends by itself, and is started again. */
record CancelDriver() implements Fault {
    @Override
    public void inject(DisturbedTraining training) throws IOException, InterruptedException {
        if (training.isRunning() && training.signalDriver(Signal.TERM)) {
            training.injected("training cancelled");
            training.restartAfterCancellation();
        }
    }
}
