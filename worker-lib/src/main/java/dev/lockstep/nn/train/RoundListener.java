package dev.lockstep.nn.train;

import java.util.Map;

/** Receives the progress of a training. Called from the training thread; what it throws ends the training. */
public interface RoundListener {

    /**
     * Before the first round.
     *
     * @param plan how long it will be
     * @param state where it begins: not at step 0 if an earlier run resumes
     */
    default void started(TrainingPlan plan, TrainState state) {}

    /** After each round, with the state it led to; read only, and not to be kept. */
    default void round(TrainState state) {}

    /**
     * After the validation rows have been measured at the end of an epoch, before its figures.
     *
     * @param figures of the likelihood's {@link dev.lockstep.nn.loss.Likelihood#epochMetrics}, by name; empty where it
     *     has none
     */
    default void validated(Map<String, Object> figures) {}

    /**
     * After each epoch.
     *
     * @param metrics its figures
     * @param bytesSent bytes that have travelled since the training began
     */
    default void epoch(EpochMetrics metrics, long bytesSent) {}

    /**
     * After each round, and after the figures of the epoch if it was the epoch's last.
     *
     * @param state what training continues with, so that it can resume from here; read only, and not to be kept
     */
    default void settled(TrainState state) {}

    /** After the last epoch. */
    default void finished(TrainState state) {}
}
