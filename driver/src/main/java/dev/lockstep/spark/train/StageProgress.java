package dev.lockstep.spark.train;

import dev.lockstep.spark.report.TrainingListener;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;

/** Tells how far the stages of some work have come: those of the jobs that the calling thread starts meanwhile. */
final class StageProgress extends SparkListener implements AutoCloseable {
    /** On the jobs of the work, so that they are distinct from those of others in the application. */
    private static final String PROPERTY = "lockstep.stageProgress";

    private record Stage(int tasks, AtomicInteger done) {}

    private final SparkContext context;
    private final TrainingListener listener;
    private final String work = UUID.randomUUID().toString();
    private final Map<Integer, Stage> stages = new ConcurrentHashMap<>();

    private StageProgress(SparkContext context, TrainingListener listener) {
        this.context = context;
        this.listener = listener;
    }

    /** Tells a listener from now on, until it is closed by the same thread. */
    static StageProgress open(SparkContext context, TrainingListener listener) {
        StageProgress progress = new StageProgress(context, listener);
        context.setLocalProperty(PROPERTY, progress.work);
        context.addSparkListener(progress);
        return progress;
    }

    @Override
    public void onJobStart(SparkListenerJobStart job) {
        if (job.properties() == null || !work.equals(job.properties().getProperty(PROPERTY))) {
            return;
        }
        for (scala.collection.Iterator<StageInfo> infos = job.stageInfos().iterator(); infos.hasNext(); ) {
            StageInfo info = infos.next();
            stages.put(info.stageId(), new Stage(info.numTasks(), new AtomicInteger()));
        }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
        Stage stage = stages.get(task.stageId());
        if (stage != null && task.taskInfo() != null && task.taskInfo().successful()) {
            listener.prepared(Math.min(stage.done().incrementAndGet(), stage.tasks()), stage.tasks());
        }
    }

    @Override
    public void close() {
        context.removeSparkListener(this);
        context.setLocalProperty(PROPERTY, null);
    }
}
