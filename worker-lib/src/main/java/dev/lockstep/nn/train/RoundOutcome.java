package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rank has at the end of a round of all-reduce: its slices of the vectors, one after another.
 *
 * @param theta the parameters of the slices
 * @param buffers all of them, from rank 0; none from the others
 * @param optimizerState the optimiser's slots, slice after slice, and in each slot after slot
 * @param residuals those of the rank's shards, in their order; none where gradients are not kept back
 * @param losses of the epoch so far; the same from every rank
 * @param times where the time of its steps went
 */
public record RoundOutcome(
        float[] theta,
        float[] buffers,
        float[] optimizerState,
        List<float[]> residuals,
        LossSum losses,
        StepTimes times) {

    /**
     * The state that the ranks' slices make up.
     *
     * @param start where the round began
     * @param steps how many steps it had
     * @param slices who owned which part of the vectors
     * @param outcomes of all ranks, in order
     */
    public static TrainState state(TrainState start, int steps, VectorSlices slices, List<RoundOutcome> outcomes) {
        float[] theta = new float[start.parameters().theta().length];
        float[] optimizerState = new float[start.optimizerState().length];
        List<float[]> residuals = new ArrayList<>(start.residuals().size());
        for (int rank = 0; rank < outcomes.size(); rank++) {
            RoundOutcome outcome = outcomes.get(rank);
            residuals.addAll(outcome.residuals);
            slices.putOwned(rank, outcome.theta, theta);
            slices.putOwned(rank, outcome.optimizerState, optimizerState);
        }
        return new TrainState(
                start.step() + steps,
                start.epoch(),
                start.stepInEpoch() + steps,
                new Parameters(theta, outcomes.get(0).buffers),
                optimizerState,
                start.outerMomentum(),
                residuals,
                outcomes.get(0).losses,
                start.history(),
                start.best());
    }
}
