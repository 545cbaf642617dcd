package dev.lockstep.spark.sync;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Spark's task slots: how many tasks can run at the same time, and the waiting for executors that are not there yet, or
 * no longer. All waiting ends: Spark itself would wait for its first executor forever.
 *
 * <p>{@code spark.lockstep.executorTimeout} (60s) is how long to wait for a first executor, and for those that have
 * been lost; {@code spark.scheduler.maxRegisteredResourcesWaitingTime} (Spark's own, 30s) how long for the rest of
 * those that were asked for; {@code spark.lockstep.stallTimeout} (10min) how long a rank may stay where it is while the
 * others wait.
 */
public final class TaskSlots {
    private static final String TIMEOUT = "spark.lockstep.executorTimeout";
    private static final String STALL_TIMEOUT = "spark.lockstep.stallTimeout";
    private static final String REST_TIMEOUT = "spark.scheduler.maxRegisteredResourcesWaitingTime";
    private static final String DYNAMIC = "spark.dynamicAllocation.enabled";

    private static final long POLL_MILLIS = 100;

    /** How long to wait before saying so. */
    private static final long QUIET_MILLIS = 2_000;

    /** How long no executor comes where nobody knows how many there will be. */
    private static final long SETTLE_MILLIS = 3_000;

    private final JavaSparkContext context;
    private final SparkConf conf;
    private final Consumer<String> notices;

    /**
     * The task slots of an application.
     *
     * @param notices receives what the work waits for
     */
    public TaskSlots(JavaSparkContext context, Consumer<String> notices) {
        this.context = context;
        this.conf = context.getConf();
        this.notices = notices;
    }

    /** What is lost by settings that a cluster works with all the same, and the settings to change. */
    static List<String> warnings(SparkConf conf) {
        return conf.getBoolean("spark.speculation", false)
                ? List.of("spark.speculation=true runs a slow task a second time, which must first read its rows again;"
                        + " all tasks share every step, so false is faster")
                : List.of();
    }

    /** How many there are: tasks that the executors that are there can run at once. */
    public int available() {
        SparkContext spark = context.sc();
        return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
    }

    /** How many ranks a task has. */
    int ranksPerTask() {
        return conf.getInt("spark.task.cpus", 1);
    }

    /** Whether Spark adds executors when tasks wait, and takes them away. */
    boolean dynamic() {
        return conf.getBoolean(DYNAMIC, false);
    }

    /** How many tasks can run at once if Spark adds as many executors as it may. */
    int mostDynamic() {
        long executors = conf.getInt("spark.dynamicAllocation.maxExecutors", Integer.MAX_VALUE);
        long most = executors * Math.max(1, conf.getInt("spark.executor.cores", 1) / ranksPerTask());
        return (int) Math.min(most, Integer.MAX_VALUE);
    }

    /**
     * How many executors some tasks run in: with dynamic allocation as many as have room for them, otherwise those that
     * are there.
     */
    int processes(int tasks) {
        int perExecutor = Math.max(1, conf.getInt("spark.executor.cores", 1) / ranksPerTask());
        // The driver is among them.
        int there = context.sc().statusTracker().getExecutorInfos().length - 1;
        int executors = dynamic() ? (tasks + perExecutor - 1) / perExecutor : there;
        return Math.max(1, Math.min(executors, tasks));
    }

    /**
     * Waits for the executors of an application that has just begun.
     *
     * @param most more tasks than these are not needed
     * @return how many can run at once
     * @throws IllegalArgumentException if none can
     */
    int awaitFirst(int most) {
        int some = await(1, timeoutMillis());
        if (some == 0) {
            throw new IllegalArgumentException("no executor that can run a task has come within "
                    + timeoutMillis() / 1000 + " seconds (" + TIMEOUT + "): is the cluster at " + context.master()
                    + " full, or are all workers smaller than spark.executor.memory, spark.executor.cores and"
                    + " spark.task.cpus="
                    + ranksPerTask() + " ask for?");
        }
        int wanted = Math.min(expected(), most);
        if (wanted == 0) {
            return settled(some);
        }
        int come = await(wanted, TimeUnit.SECONDS.toMillis(conf.getTimeAsSeconds(REST_TIMEOUT, "30s")));
        if (come < wanted) {
            notices.accept("continuing with the executors that have registered: " + come + " of " + wanted
                    + " tasks can run at once");
        }
        return come;
    }

    /**
     * Waits for executors that have been lost to be replaced.
     *
     * @param tasks how many tasks there are
     * @return how many can run at once; fewer if the executors do not come back
     * @throws IllegalArgumentException if none can
     */
    int awaitAgain(int tasks) {
        int available = await(tasks, timeoutMillis());
        if (available == 0) {
            throw noneLeft();
        }
        return available;
    }

    /** What a run ends with when no executor is left. */
    IllegalArgumentException noneLeft() {
        return new IllegalArgumentException("no executor is left, and none has come within " + timeoutMillis() / 1000
                + " seconds (" + TIMEOUT + "): is the cluster at " + context.master() + " still there?");
    }

    /** How long to wait for executors that are not there. */
    long timeoutMillis() {
        return TimeUnit.SECONDS.toMillis(conf.getTimeAsSeconds(TIMEOUT, "60s"));
    }

    /** How long a rank of a round may stay where it is. */
    long stallNanos() {
        return TimeUnit.SECONDS.toNanos(conf.getTimeAsSeconds(STALL_TIMEOUT, "10min"));
    }

    /** What a round ends with that has not got on for so long. */
    String stallMessage(String who) {
        return who + " for " + TimeUnit.NANOSECONDS.toSeconds(stallNanos()) + " seconds (" + STALL_TIMEOUT
                + "): is its disk or network dead, or does a step take longer than that?";
    }

    /**
     * How many tasks the executors that were asked for can run at once; 0 where that follows from the cluster's size
     * alone.
     */
    private int expected() {
        int executorCores = conf.getInt("spark.executor.cores", 0);
        if (context.master().startsWith("spark://")) {
            int cores = conf.getInt("spark.cores.max", 0);
            return executorCores == 0
                    ? cores / ranksPerTask()
                    : cores / executorCores * (executorCores / ranksPerTask());
        }
        if (context.master().startsWith("local-cluster")) {
            return 0;
        }
        return conf.getInt("spark.executor.instances", 2) * (Math.max(1, executorCores) / ranksPerTask());
    }

    /** Waits until no more executors come. */
    private int settled(int some) {
        int last = some;
        while (true) {
            int next = await(last + 1, SETTLE_MILLIS);
            if (next <= last) {
                return Math.max(1, next);
            }
            last = next;
        }
    }

    private int await(int tasks, long millis) {
        long start = System.nanoTime();
        boolean said = false;
        while (available() < tasks) {
            long waitedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (waitedMillis >= millis) {
                return available();
            }
            if (!said && waitedMillis >= QUIET_MILLIS && millis > SETTLE_MILLIS) {
                said = true;
                notices.accept("waiting for executors, " + millis / 1000 + " seconds at most: " + available() + " of "
                        + tasks + " tasks can run at once");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for executors", e);
            }
        }
        return available();
    }
}
