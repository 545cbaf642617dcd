package dev.lockstep.spark.report;

/**
 * The plan of a training.
 *
 * @param epochs how many epochs at most
 * @param stepsInEpoch steps that make an epoch
 * @param rows training rows
 * @param validationRows rows for validation, 0 if there is none
 * @param parameters how many numbers are trained
 * @param shards logical shards
 * @param tasks Spark tasks that share the shards
 * @param ranks threads of these tasks, as many as tasks unless they have several cores each
 * @param completedEpochs epochs that an earlier run has trained
 * @param completedSteps steps that an earlier run has taken
 * @param synchronizer how the ranks agree, in words: {@code gradient}, {@code averaging every 8 steps}
 */
public record TrainingOverview(
        int epochs,
        long stepsInEpoch,
        long rows,
        long validationRows,
        long parameters,
        int shards,
        int tasks,
        int ranks,
        int completedEpochs,
        long completedSteps,
        String synchronizer) {}
