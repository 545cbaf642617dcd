package dev.lockstep.spark.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The driver is killed, and started again.
 *
 * @param whileWriting wait until it writes a checkpoint, for a while at most
 * @param damage what happens to the newest checkpoint before it is started again
 */
record KillDriver(boolean whileWriting, CheckpointDamage damage) implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public void inject(DisturbedTraining training) throws IOException, InterruptedException {
        Checkpoints checkpoints = training.checkpoints();
        Set<Path> left = checkpoints.unfinished();
        if (whileWriting) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            // Without a pause: a checkpoint takes some milliseconds.
            while (training.isRunning()
                    && System.nanoTime() < deadline
                    && checkpoints.unfinished().equals(left)) {
                Thread.onSpinWait();
            }
        }
        if (!training.isRunning()) {
            return;
        }
        training.killDriver();
        Set<Path> cutOff = new HashSet<>(checkpoints.unfinished());
        cutOff.removeAll(left);
        training.injected(cutOff.isEmpty() ? "driver killed" : "driver killed while it wrote a checkpoint");
        damage.apply(checkpoints).ifPresent(what -> training.injected(damage.kind(), ": " + what));
        training.startDriver();
    }
}
