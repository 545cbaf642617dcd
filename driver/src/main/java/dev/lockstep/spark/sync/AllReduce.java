package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.AllReduceRound;
import dev.lockstep.nn.train.Rank;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainState;
import dev.lockstep.nn.train.TrainingSetup;

/**
 * Gradient mode inside the stage: one barrier stage runs a round of many steps, in which the ranks combine gradients
 * among themselves ({@link AllReduceRound}). The bits are those of {@link Synchronizer.Gradient}. A round ends with the
 * epoch at the latest and is otherwise as long as {@link RoundLength} makes it.
 */
public final class AllReduce implements Synchronizer {
    private final TrainingSetup setup;
    private final Cluster cluster;
    private final RankTasks<Rank> tasks;
    private final RoundLength length = new RoundLength();

    /**
     * All-reduce.
     *
     * @param setup of the training
     * @param cluster where the ranks are
     * @param tasks the ranks over the training rows
     */
    public AllReduce(TrainingSetup setup, Cluster cluster, RankTasks<Rank> tasks) {
        this.setup = setup;
        this.cluster = cluster;
        this.tasks = tasks;
    }

    @Override
    public TrainState round(TrainState state) {
        int steps = length.steps(setup.plan().stepsPerEpoch() - state.stepInEpoch());
        long start = System.nanoTime();
        ReducedRound round = cluster.allReduce(setup, tasks, state, steps);
        length.took(steps, round.times().get(0).totalNanos(), System.nanoTime() - start);
        tasks.traffic().took(round.times());
        return round.state();
    }
}
