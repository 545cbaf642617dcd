package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.StepTimes;
import java.util.ArrayList;
import java.util.List;

/** What ranks have cost so far, counted by the driver's thread. */
public final class Traffic {
    private long bytesSent;
    private StepTimes stepTimes = StepTimes.ZERO;
    private List<StepTimes> rankTimes = List.of();

    /** Bytes that ranks and driver have exchanged. */
    public long bytesSent() {
        return bytesSent;
    }

    /** Where the time of all steps by all-reduce has gone, the mean over the ranks. */
    public StepTimes stepTimes() {
        return stepTimes;
    }

    /** Where the time of each rank has gone, since there have been as many ranks as now; none before all-reduce. */
    public List<StepTimes> rankTimes() {
        return rankTimes;
    }

    /** The ranks' times in a round, in their order. */
    void took(List<StepTimes> times) {
        List<StepTimes> sums = new ArrayList<>(times);
        StepTimes total = StepTimes.ZERO;
        for (int rank = 0; rank < times.size(); rank++) {
            total = total.plus(times.get(rank));
            if (rankTimes.size() == times.size()) {
                sums.set(rank, rankTimes.get(rank).plus(times.get(rank)));
            }
        }
        rankTimes = List.copyOf(sums);
        stepTimes = stepTimes.plus(total.mean(times.size()));
    }

    void sent(long bytes) {
        bytesSent += bytes;
    }
}
