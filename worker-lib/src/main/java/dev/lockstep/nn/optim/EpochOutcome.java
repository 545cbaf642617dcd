package dev.lockstep.nn.optim;

/** The figures of a completed epoch, for schedules that depend on them. */
public interface EpochOutcome {
    /** Mean training loss over the epoch. */
    double loss();

    /** Mean loss over the validation rows at the epoch's end; NaN without validation rows. */
    double validationLoss();
}
