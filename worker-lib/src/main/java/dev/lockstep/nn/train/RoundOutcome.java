package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import java.util.List;

/**
 * The part of a rank at the end of a round of all-reduce. The parameters and buffers are in the {@link Exchange} of its
 * JVM, all of them; residuals have been updated in the state that the round began with.
 *
 * @param optimizerState the optimiser's slots of the rank's slices, slice after slice, and in each slot after slot
 * @param losses of the epoch so far; the same from every rank
 * @param times where the time of its steps went
 */
public record RoundOutcome(float[] optimizerState, LossSum losses, StepTimes times) {

    /**
     * The state after a round whose ranks all share this JVM.
     *
     * @param start where the round began; consumed
     * @param steps how many steps it had
     * @param slices who owned which part of the vectors
     * @param parameters of the round's exchange
     * @param outcomes of all ranks, in order
     */
    public static TrainState state(
            TrainState start, int steps, VectorSlices slices, Parameters parameters, List<RoundOutcome> outcomes) {
        for (int rank = 0; rank < outcomes.size(); rank++) {
            slices.putOwned(rank, outcomes.get(rank).optimizerState, start.optimizerState());
        }
        return state(start, steps, parameters, start.optimizerState(), start.residuals(), outcomes.get(0).losses);
    }

    /**
     * The state after a round, of vectors that have been put together.
     *
     * @param start where the round began
     * @param steps how many steps it had
     * @param losses of the epoch so far
     */
    public static TrainState state(
            TrainState start,
            int steps,
            Parameters parameters,
            float[] optimizerState,
            List<float[]> residuals,
            LossSum losses) {
        return new TrainState(
                start.step() + steps,
                start.epoch(),
                start.stepInEpoch() + steps,
                parameters,
                optimizerState,
                start.outerMomentum(),
                residuals,
                losses,
                start.history(),
                start.best());
    }
}
