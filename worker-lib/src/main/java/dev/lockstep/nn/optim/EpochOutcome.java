package dev.lockstep.nn.optim;

/** What a completed epoch came to, for schedules that depend on it. */
public interface EpochOutcome {
    /** Mean training loss over the epoch. */
    double loss();

    /** Mean loss over the validation rows at the epoch's end; NaN without validation rows. */
    double validationLoss();
}
