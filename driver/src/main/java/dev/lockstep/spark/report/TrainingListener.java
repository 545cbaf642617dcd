package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.train.StepTimes;
import java.util.List;

/**
 * Follows a training, on the driver and in the thread that trains unless said otherwise. What it does cannot change the
 * model; an exception that it throws ends the run.
 */
public interface TrainingListener {

    /**
     * Reports something worth knowing that is not a failure; may be called before {@link #started}, and by another
     * thread while the training waits for somebody else.
     *
     * @param line what it is
     */
    default void notice(String line) {}

    /**
     * The training resumes one that was lost; called before {@link #started}, by trainings that have kept their
     * figures.
     *
     * @param epochs what {@link EpochReport#toJson} gave for each epoch that was completed
     */
    default void resumed(List<JsonNode> epochs) {}

    /**
     * Work begins that comes before the training: reading rows.
     *
     * @param work what it is, in words
     */
    default void preparing(String work) {}

    /**
     * How far a stage of Spark has come before the training begins. Called by another thread, often.
     *
     * @param done how many of its tasks have ended
     * @param tasks how many it has
     */
    default void prepared(int done, int tasks) {}

    /**
     * What the training holds in the memory of its processes; called before {@link #started}.
     *
     * @param table lines for a person
     */
    default void memory(List<String> table) {}

    /** Training begins. Called once, before the steps. */
    default void started(TrainingOverview plan) {}

    /**
     * A round has ended: one step, or several in averaging mode. Not called for a round without rows.
     *
     * @param epoch the epoch it belongs to, from 1
     * @param stepInEpoch steps of this epoch taken so far, from 1 to {@code stepsInEpoch}
     * @param stepsInEpoch steps that make an epoch
     * @param loss mean loss over the rows of the round
     */
    default void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {}

    /**
     * Where the time of the ranks has gone so far.
     *
     * @param times one a rank, in their order
     */
    default void ranks(List<StepTimes> times) {}

    /**
     * What the network has learned when an epoch has ended; called after {@link #epoch}.
     *
     * @param step optimiser steps taken since the beginning of training
     * @param network whose parameters they are
     * @param parameters read only, and not to be kept
     */
    default void learned(long step, Network network, float[] parameters) {}

    /** An epoch has ended and has been validated. */
    default void epoch(EpochReport report) {}

    /** Training has ended, by its plan or by early stopping; not called if it failed. Called last. */
    default void finished(TrainingSummary summary) {}
}
