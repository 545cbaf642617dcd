package dev.lockstep.spark.train;

import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.sync.AllReduce;
import dev.lockstep.spark.sync.AutoTransport;
import dev.lockstep.spark.sync.SparkWorkers;
import java.util.function.Consumer;

/**
 * Decides how shards agree on new parameters, from what the job file says and what the cluster can do.
 *
 * @param sync what the job file says
 * @param setup of the training
 * @param workers who hold the shards
 * @param memory what fits into the processes
 * @param notices receives decisions that differ from the settings
 */
record JobSynchronizer(
        SyncSpec sync, TrainingSetup setup, SparkWorkers workers, TrainingMemory memory, Consumer<String> notices) {

    /**
     * The rule of a round.
     *
     * @throws IllegalArgumentException if the job file asks for a transport that the cluster does not allow
     */
    Synchronizer choose() {
        return switch (sync.mode()) {
            case GRADIENT -> gradient();
            case AVERAGING -> new Synchronizer.Averaging(setup.plan(), sync.localSteps(), sync.outer(), workers);
        };
    }

    private Synchronizer gradient() {
        Synchronizer byDriver = new Synchronizer.Gradient(setup, workers);
        if (sync.transport() == SyncSpec.Transport.DRIVER) {
            if (setup.plan().compression().keepsResiduals()
                    && !workers.cluster().isDriver()) {
                notices.accept("sync.compression: with sync.transport driver the residuals travel in each step, which"
                        + " saves nothing; allreduce has the same bits and sends them once a round");
            }
            return byDriver;
        }
        boolean free =
                sync.transport() == SyncSpec.Transport.AUTO && !setup.network().globalStatistics();
        String obstacle = workers.cluster().obstacleToAllReduce();
        if (obstacle != null) {
            if (!free) {
                throw new IllegalArgumentException("sync.transport: " + obstacle);
            }
            notices.accept("sync.transport: driver, since " + obstacle);
            return byDriver;
        }
        Synchronizer allReduce = new AllReduce(setup, workers.cluster(), workers.training());
        String tooLarge = free ? memory.obstacle(MemoryModel.Way.DRIVER) : null;
        if (tooLarge != null) {
            notices.accept("sync.transport: allreduce, since " + tooLarge);
            return allReduce;
        }
        tooLarge = free ? memory.obstacle(MemoryModel.Way.ALLREDUCE) : null;
        if (tooLarge != null) {
            notices.accept("sync.transport: driver, since " + tooLarge);
            return byDriver;
        }
        return free ? new AutoTransport(byDriver, allReduce, workers.training(), steps(), notices) : allReduce;
    }

    private long steps() {
        return setup.plan().epochs() * setup.plan().stepsPerEpoch();
    }
}
