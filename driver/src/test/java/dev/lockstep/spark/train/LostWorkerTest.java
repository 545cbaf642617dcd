package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.scripts.ClusterSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that dies with its executor in the middle of a run and never comes back: the other one trains the same bits alone. */
@Tag("cluster")
class LostWorkerTest {
    private static final int EPOCHS = 20;
    private static final int FATAL_EPOCH = 4;

    @TempDir
    private Path folder;

    private final List<String> notices = new CopyOnWriteArrayList<>();

    @Test
    void theOtherOneTrainsTheSameBitsAlone() throws IOException {
        Path rows = SmallJob.write(folder, 2, 4);
        JobSpec job = SmallJob.job(rows.toString(), "csv", SmallJob.Mode.ALLREDUCE, "train.epochs=" + EPOCHS);
        Path processes = folder.resolve("cluster");
        String disturbed;
        try (ClusterSession session = ClusterSession.start(processes, 2, "spark.lockstep.executorTimeout", "10s")) {
            session.awaitExecutors();
            disturbed = train(session.spark(), job, () -> kill(processes.resolve("worker-2.pid")));
        }
        assertThat(notices)
                .anyMatch(line ->
                        line.equals("executors have been lost: 1 task shares the shards from now on, instead of 2;"
                                + " the rows are read again"));
        try (SparkSession alone = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .getOrCreate()) {
            assertThat(disturbed).isEqualTo(train(alone, job, () -> {}));
        }
    }

    private String train(SparkSession spark, JobSpec job, Runnable disturb) {
        TrainingJob.Result result = new TrainingJob(spark, job, new TrainingListener() {
                    @Override
                    public void notice(String line) {
                        notices.add(line);
                    }

                    @Override
                    public void epoch(EpochReport report) {
                        if (report.epoch() == FATAL_EPOCH) {
                            new Thread(disturb, "kills a worker").start();
                        }
                    }
                })
                .run();
        return ModelFiles.sha256(result.model().parameters());
    }

    /** Kills a worker and its executors, a moment later: in the middle of a round. */
    private static void kill(Path pidFile) {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
            ProcessHandle worker = ProcessHandle.of(
                            Long.parseLong(Files.readString(pidFile).strip()))
                    .orElseThrow();
            List<ProcessHandle> executors = worker.descendants().toList();
            worker.destroyForcibly();
            executors.forEach(ProcessHandle::destroyForcibly);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
