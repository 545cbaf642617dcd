package dev.lockstep.nn.train;

/**
 * Which step.
 *
 * @param step steps taken before it since training began
 * @param epoch epochs completed before it
 * @param stepInEpoch steps of its epoch taken before it
 */
public record StepPosition(long step, int epoch, long stepInEpoch) {

    /** The next step of a state. */
    public static StepPosition of(TrainState state) {
        return new StepPosition(state.step(), state.epoch(), state.stepInEpoch());
    }
}
