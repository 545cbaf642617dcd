package dev.lockstep.nn.train;

import dev.lockstep.nn.loss.LossSum;
import dev.lockstep.nn.param.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that training knows between two rounds; all else can be computed again from this and the rows. A round
 * takes ownership of the state it begins with: only the state that it returns may be used afterwards.
 *
 * @param step steps taken
 * @param epoch epochs completed
 * @param stepInEpoch steps taken in the current epoch
 * @param parameters what the network has learned
 * @param optimizerState the optimiser's slots, slot after slot, each as long as the parameters
 * @param outerMomentum momentum of the outer step when parameters are averaged; empty otherwise
 * @param residuals what each shard has kept back of its gradients, by shard, one float a parameter each; empty unless
 *     {@linkplain Compression#keepsResiduals() compression} does so
 * @param epochLosses losses of the current epoch's training rows so far
 * @param history figures of the completed epochs
 * @param best what the network had learned at the end of the best epoch so far; vectors of length 0 if that is not kept
 */
public record TrainState(
        long step,
        int epoch,
        long stepInEpoch,
        Parameters parameters,
        float[] optimizerState,
        float[] outerMomentum,
        List<float[]> residuals,
        LossSum epochLosses,
        List<EpochMetrics> history,
        Parameters best) {
    private static final Parameters NOT_KEPT = new Parameters(new float[0], new float[0]);

    /** A state of a training that does not keep the best epoch's parameters. */
    public TrainState(
            long step,
            int epoch,
            long stepInEpoch,
            Parameters parameters,
            float[] optimizerState,
            float[] outerMomentum,
            List<float[]> residuals,
            LossSum epochLosses,
            List<EpochMetrics> history) {
        this(
                step,
                epoch,
                stepInEpoch,
                parameters,
                optimizerState,
                outerMomentum,
                residuals,
                epochLosses,
                history,
                NOT_KEPT);
    }

    /** The state before the first step of a training that keeps nothing back. */
    public static TrainState initial(Parameters parameters, int optimizerSlots, boolean outerMomentum) {
        return initial(parameters, optimizerSlots, outerMomentum, 0);
    }

    /**
     * The state before the first step.
     *
     * @param residuals how many shards keep back a part of their gradients
     */
    public static TrainState initial(Parameters parameters, int optimizerSlots, boolean outerMomentum, int residuals) {
        int count = parameters.theta().length;
        List<float[]> nothing = new ArrayList<>(residuals);
        for (int shard = 0; shard < residuals; shard++) {
            nothing.add(new float[count]);
        }
        return new TrainState(
                0,
                0,
                0,
                parameters,
                new float[Math.multiplyExact(optimizerSlots, count)],
                new float[outerMomentum ? count : 0],
                List.copyOf(nothing),
                LossSum.ZERO,
                List.of());
    }

    /** This state at another place. */
    TrainState at(long newStep, int newEpoch, long newStepInEpoch) {
        return new TrainState(
                newStep,
                newEpoch,
                newStepInEpoch,
                parameters,
                optimizerState,
                outerMomentum,
                residuals,
                epochLosses,
                history,
                best);
    }

    /** This state with other optimiser's slots. */
    TrainState withSlots(float[] slots) {
        return new TrainState(
                step, epoch, stepInEpoch, parameters, slots, outerMomentum, residuals, epochLosses, history, best);
    }

    /** This state, after which the trained network is something else than the last parameters. */
    public TrainState withLearned(Parameters learned) {
        return new TrainState(
                step,
                epoch,
                stepInEpoch,
                parameters,
                optimizerState,
                outerMomentum,
                residuals,
                epochLosses,
                history,
                learned);
    }

    /** What the shards {@code from} to {@code to - 1} have kept back; none if nothing is kept back. */
    public List<float[]> residuals(int from, int to) {
        return residuals.isEmpty() ? residuals : residuals.subList(from, to);
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
                residuals,
                epochLosses.plus(losses),
                history,
                best);
    }

    /** This state with copies of its vectors, which no round changes. */
    public TrainState copy() {
        return new TrainState(
                step,
                epoch,
                stepInEpoch,
                parameters.copy(),
                optimizerState.clone(),
                outerMomentum.clone(),
                residuals.stream().map(float[]::clone).toList(),
                epochLosses,
                history,
                best.copy());
    }

    /** Whether the best epoch's parameters are kept. */
    public boolean keepsBest() {
        return best.theta().length > 0;
    }

    /** This state with room for the best epoch's parameters. */
    public TrainState keepingBest() {
        return new TrainState(
                step,
                epoch,
                stepInEpoch,
                parameters,
                optimizerState,
                outerMomentum,
                residuals,
                epochLosses,
                history,
                parameters.copy());
    }

    /** Keeps what the network has learned so far as the best. */
    void keepAsBest() {
        System.arraycopy(parameters.theta(), 0, best.theta(), 0, best.theta().length);
        System.arraycopy(parameters.buffers(), 0, best.buffers(), 0, best.buffers().length);
    }

    /** What the trained network is: the best epoch's parameters where they are kept, otherwise the last ones. */
    public Parameters learned() {
        return keepsBest() && epoch > 0 ? best : parameters;
    }

    /** This state at the beginning of the next epoch. */
    public TrainState nextEpoch(List<EpochMetrics> newHistory) {
        return new TrainState(
                step,
                epoch + 1,
                0,
                parameters,
                optimizerState,
                outerMomentum,
                residuals,
                LossSum.ZERO,
                List.copyOf(newHistory),
                best);
    }
}
