package dev.lockstep.nn.train;

import dev.lockstep.nn.layer.Parameters;
import dev.lockstep.nn.loss.LossSum;
import java.util.List;

/**
 * Everything that training knows between two rounds; all else can be computed again from this and the rows. A round takes
 * ownership of the state it begins with: only the state that it returns may be used afterwards.
 *
 * @param step steps taken
 * @param epoch epochs completed
 * @param stepInEpoch steps taken in the current epoch
 * @param parameters what the network has learned
 * @param optimizerState the optimiser's slots, slot after slot, each as long as the parameters
 * @param outerMomentum momentum of the outer step when parameters are averaged; empty otherwise
 * @param epochLosses losses of the current epoch's training rows so far
 * @param history figures of the completed epochs
 */
public record TrainState(
        long step,
        int epoch,
        long stepInEpoch,
        Parameters parameters,
        float[] optimizerState,
        float[] outerMomentum,
        LossSum epochLosses,
        List<EpochMetrics> history) {

    /** The state before the first step. */
    public static TrainState initial(Parameters parameters, int optimizerSlots, boolean outerMomentum) {
        int count = parameters.theta().length;
        return new TrainState(
                0,
                0,
                0,
                parameters,
                new float[Math.multiplyExact(optimizerSlots, count)],
                new float[outerMomentum ? count : 0],
                LossSum.ZERO,
                List.of());
    }

    /** This state some steps later in the same epoch, its arrays having been updated. */
    TrainState advanced(long steps, LossSum losses) {
        return new TrainState(
                step + steps,
                epoch,
                stepInEpoch + steps,
                parameters,
                optimizerState,
                outerMomentum,
                epochLosses.plus(losses),
                history);
    }

    /** This state with copies of its vectors, which no round changes. */
    public TrainState copy() {
        Parameters copied =
                new Parameters(parameters.theta().clone(), parameters.buffers().clone());
        return new TrainState(
                step, epoch, stepInEpoch, copied, optimizerState.clone(), outerMomentum.clone(), epochLosses, history);
    }

    /** This state at the beginning of the next epoch. */
    public TrainState nextEpoch(List<EpochMetrics> newHistory) {
        return new TrainState(
                step, epoch + 1, 0, parameters, optimizerState, outerMomentum, LossSum.ZERO, List.copyOf(newHistory));
    }
}
