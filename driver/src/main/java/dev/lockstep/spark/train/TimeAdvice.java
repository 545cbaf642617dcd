package dev.lockstep.spark.train;

import dev.lockstep.nn.kernel.Kernels;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.report.TimeSpent;
import dev.lockstep.spark.report.TimeSpent.Work;
import dev.lockstep.spark.shard.ShardAssignment;
import java.util.Map;

/**
 * The one setting that would save most of a training's time.
 *
 * @param job what was trained
 * @param assignment of the shards
 * @param local whether all ranks were threads of one process
 * @param rows how many were read
 */
record TimeAdvice(JobSpec job, ShardAssignment assignment, boolean local, long rows) {
    /** Shorter trainings, and smaller parts of one, are not worth a word. */
    private static final double LEAST_SECONDS = 5;

    private static final double LEAST_SHARE = 0.1;

    /** A training that reads fewer rows per second has spent the time on starting Spark. */
    private static final double LEAST_ROWS_A_SECOND = 5000;

    /** The time with the advice. */
    TimeSpent of(Map<Work, Double> seconds) {
        TimeSpent spent = new TimeSpent(seconds, "");
        if (spent.total() < LEAST_SECONDS || spent.order().isEmpty()) {
            return spent;
        }
        Work most = worthwhile(spent);
        double more = spent.seconds().getOrDefault(Work.EXCHANGE, 0.0)
                + spent.seconds().getOrDefault(Work.WAITING, 0.0)
                - (assignment.ranks() - 1) * spent.seconds().getOrDefault(Work.COMPUTE, 0.0);
        boolean apart = most == Work.EXCHANGE || most == Work.WAITING;
        boolean paysOff = !local || !apart || more < LEAST_SHARE * spent.total();
        String setting =
                paysOff ? setting(most) : "--master 'local[1]': one rank alone needs less time, for the same bits";
        return new TimeSpent(seconds, setting.isEmpty() ? "" : "What would help most is " + setting + ".");
    }

    /** What took most, but for the start of Spark, which no setting shortens. */
    private Work worthwhile(TimeSpent spent) {
        boolean start = rows < LEAST_ROWS_A_SECOND * spent.seconds().getOrDefault(Work.READING, 0.0);
        return spent.order().stream()
                .filter(work -> !start || work != Work.READING)
                .findFirst()
                .orElse(Work.REST);
    }

    private String setting(Work most) {
        return switch (most) {
            case READING -> "more cores or executors, among which the files are divided";
            case COMPUTE -> compute();
            case EXCHANGE -> exchange();
            case WAITING -> waiting();
            case VALIDATION -> "fewer validation rows (data.validation)";
            case CHECKPOINTS -> "fewer checkpoints (checkpoint.every)";
            case OTHERS -> "fewer trainings at the same time";
            case REST -> "";
        };
    }

    private String compute() {
        if (Kernels.get().name().equals("scalar")) {
            return "the module jdk.incubator.vector (spark.driver.extraJavaOptions, spark.executor.extraJavaOptions),"
                    + " without which kernels are several times slower";
        }
        int ranks = assignment.ranks();
        return ranks < assignment.shards()
                ? "more cores or executors: " + ranks + (ranks == 1 ? " rank has all " : " ranks share ")
                        + assignment.shards() + " shards"
                : "more cores and a larger data.shards (" + assignment.shards() + " now, the most ranks there can be),"
                        + " which changes the model";
    }

    private String exchange() {
        SyncSpec sync = job.sync();
        if (sync.mode() == SyncSpec.Mode.AVERAGING) {
            return "a larger sync.localSteps (" + sync.localSteps() + " now), which changes the model";
        }
        if (sync.transport() == SyncSpec.Transport.DRIVER && assignment.ranks() > 1) {
            return "sync.transport: auto, for the same bits";
        }
        return "a larger train.batchSize (" + job.train().batchSize() + " now), which changes the model";
    }

    private String waiting() {
        int ranks = assignment.ranks();
        return assignment.shards() % ranks == 0
                ? "equally fast, idle cores: all ranks have the same number of shards"
                : "a number of data.shards (" + assignment.shards() + " now) that is a multiple of the " + ranks
                        + " ranks, which changes the model";
    }
}
