package dev.lockstep.spark.sync;

import dev.lockstep.nn.train.StepTimes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The cost of the ranks so far, counted by the driver's thread. */
public final class Traffic {
    private long bytesSent;
    private StepTimes stepTimes = StepTimes.ZERO;
    private List<StepTimes> rankTimes = List.of();

    /** Bytes that ranks and driver have exchanged. */
    public long bytesSent() {
        return bytesSent;
    }

    /** Where the time of all jobs of the ranks has gone, the mean over the ranks. */
    public StepTimes stepTimes() {
        return stepTimes;
    }

    /** Where the time of each rank has gone, since there have been as many ranks as now; none before the first job. */
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

    /**
     * A job whose sums the driver merges.
     *
     * @param computeNanos how long each rank computed
     * @param nanos how long the job took
     */
    void took(long[] computeNanos, long nanos) {
        long slowest = Arrays.stream(computeNanos).max().orElse(0);
        took(Arrays.stream(computeNanos)
                .mapToObj(own -> new StepTimes(own, Math.max(0, nanos - slowest), slowest - own))
                .toList());
    }

    void sent(long bytes) {
        bytesSent += bytes;
    }
}
