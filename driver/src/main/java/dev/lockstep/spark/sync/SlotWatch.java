package dev.lockstep.spark.sync;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.SparkJobInfo;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Says what some work waits for whose jobs get no task slot because other jobs of the application hold them: Spark says
 * nothing, and a barrier stage needs all its slots at once.
 */
public final class SlotWatch {
    private static final long POLL_SECONDS = 1;

    /** How often it is seen waiting before a notice. */
    private static final int QUIET_POLLS = 5;

    private final JavaSparkContext context;
    private final JobTag tag;
    private final Consumer<String> notices;

    private SlotWatch(JavaSparkContext context, JobTag tag, Consumer<String> notices) {
        this.context = context;
        this.tag = tag;
        this.notices = notices;
    }

    /**
     * Does some work.
     *
     * @param notices receives a line, from another thread, each time that the work waits for some seconds
     */
    public static <R> R over(JavaSparkContext context, Consumer<String> notices, Supplier<R> work) {
        try (JobTag tag = JobTag.open(context)) {
            Thread thread = new Thread(new SlotWatch(context, tag, notices)::look, "lockstep-slots");
            thread.setDaemon(true);
            thread.start();
            try {
                return work.get();
            } finally {
                thread.interrupt();
            }
        }
    }

    private void look() {
        int seen = 0;
        while (!context.sc().isStopped()) {
            try {
                TimeUnit.SECONDS.sleep(POLL_SECONDS);
            } catch (InterruptedException e) {
                return;
            }
            String holder = waitsFor();
            seen = holder == null ? 0 : seen + 1;
            if (holder != null && seen == QUIET_POLLS) {
                notices.accept("waiting for task slots that other jobs of this application use: " + holder);
            }
        }
    }

    /** A stage of somebody else that runs while no task of this work does; null if the work does not wait. */
    private @Nullable String waitsFor() {
        int[] own = Arrays.stream(tag.activeJobs())
                .mapToObj(job -> context.statusTracker().getJobInfo(job))
                .filter(job -> job != null)
                .flatMapToInt(SlotWatch::stages)
                .toArray();
        String holder = null;
        for (int stage : context.statusTracker().getActiveStageIds()) {
            boolean mine = Arrays.stream(own).anyMatch(id -> id == stage);
            SparkStageInfo info = context.statusTracker().getStageInfo(stage);
            if (info == null || info.numActiveTasks() == 0) {
                continue;
            }
            if (mine) {
                return null;
            }
            holder = String.format(Locale.ROOT, "stage %d (%s), %d tasks", stage, info.name(), info.numTasks());
        }
        return own.length == 0 ? null : holder;
    }

    private static IntStream stages(SparkJobInfo job) {
        return Arrays.stream(job.stageIds());
    }
}
