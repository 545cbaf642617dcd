package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.StepTimes;

/** What ranks have cost so far, counted by the driver's thread. */
public final class Traffic {
    private long bytesSent;
    private StepTimes stepTimes = StepTimes.ZERO;

    /** Bytes that ranks and driver have exchanged. */
    public long bytesSent() {
        return bytesSent;
    }

    /** Where the time of all steps by all-reduce has gone, the mean over the ranks. */
    public StepTimes stepTimes() {
        return stepTimes;
    }

    void sent(long bytes) {
        bytesSent += bytes;
    }

    void took(StepTimes times) {
        stepTimes = stepTimes.plus(times);
    }
}
