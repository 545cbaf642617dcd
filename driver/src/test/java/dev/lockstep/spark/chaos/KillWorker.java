package dev.lockstep.spark.chaos;

import dev.lockstep.spark.scripts.Signal;
import dev.lockstep.spark.scripts.StandaloneCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A worker is killed with its executor, and comes back.
 *
 * @param worker its number, from 1
 * @param absence how long it is away
 */
record KillWorker(int worker, Duration absence) implements Fault {
    @Override
    public void inject(DisturbedTraining training) throws IOException, InterruptedException {
        StandaloneCluster cluster = training.cluster();
        Optional<ProcessHandle> victim = cluster.worker(worker);
        if (victim.isEmpty()) {
            return;
        }
        List<ProcessHandle> all = new ArrayList<>(List.of(victim.get()));
        victim.get().children().forEach(all::add);
        for (ProcessHandle process : all) {
            Signal.KILL.send(process);
        }
        training.injected(
                "worker and its executor killed", ": worker " + worker + ", for " + absence.toSeconds() + " s");
        training.pause(absence);
        cluster.control("repair").expectSuccess();
    }
}
