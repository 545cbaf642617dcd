package dev.lockstep.nn.train;

import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.param.ChannelMoments;
import dev.lockstep.nn.param.Parameters;

/**
 * What a training ends with where the weights of its steps are averaged. No row has passed through a network of these
 * weights, so its running statistics are measured: over one more pass of all training rows in their order, each step's
 * rows normalised as in training, the means and variances of all elements.
 *
 * @param setup of the training
 * @param workers who hold the rows
 */
record AveragedWeights(TrainingSetup setup, Workers workers) {

    /** The end of a training, with the averages as what it has learned. */
    TrainState of(TrainState end) {
        ParameterUpdate update = setup.update();
        Parameters averaged = new Parameters(
                update.averaged(end.optimizerState()),
                end.parameters().buffers().clone());
        if (update.hasStatistics()) {
            update.replaceStatistics(moments(end, averaged), averaged.buffers());
        }
        return end.withLearned(averaged.with(update.spread(end, averaged.theta())));
    }

    private double[] moments(TrainState end, Parameters parameters) {
        TrainState begin = setup.state(parameters, new float[0], false);
        double[] all = new double[setup.network().momentCount()];
        for (long step = 0; step < setup.plan().stepsPerEpoch(); step++) {
            TrainState state = begin.at(end.step() + step, end.epoch(), step);
            StepSum sum = ShardTree.combine(setup.plan().shards(), workers.gradients(state), StepSum::merge);
            if (sum != null) {
                ChannelMoments.merge(all, 0, sum.moments(), 0, all.length);
            }
        }
        return all;
    }
}
