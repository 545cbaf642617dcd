package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.train.StepTimes;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.scripts.ClusterSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that come in the middle of a run, and that die with their executors and do not come back. */
@Tag("cluster")
@Timeout(300)
@Tag("long")
class LostWorkerTest {
    private static final int EPOCHS = 20;
    private static final int EPOCH_OF_ARRIVAL = 1;
    private static final int FATAL_EPOCH = 4;

    @TempDir
    private static Path folder;

    private static String rows;
    private static final Map<SmallJob.Mode, String> UNDISTURBED = new EnumMap<>(SmallJob.Mode.class);
    private static ClusterSession session;

    @BeforeAll
    static void start() throws IOException {
        rows = SmallJob.write(folder, 2, 4).toString();
        try (SparkSession alone = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .getOrCreate()) {
            for (SmallJob.Mode mode : List.of(SmallJob.Mode.GRADIENT, SmallJob.Mode.AVERAGING)) {
                UNDISTURBED.put(mode, train(alone, mode, new TrainingListener() {}));
            }
        }
        session = ClusterSession.start(
                folder.resolve("cluster"),
                2,
                "spark.lockstep.executorTimeout",
                "3s",
                "spark.scheduler.maxRegisteredResourcesWaitingTime",
                "1s");
        session.awaitExecutors();
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    /** Each training begins with the first worker alone. */
    @BeforeEach
    void loseTheSecond() {
        if (session.executors() == 0) {
            repair();
        }
        kill(2);
        session.awaitExecutors(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT", "ALLREDUCE", "AVERAGING"})
    void oneThatComesAndIsLostAgainLeavesNoTrace(SmallJob.Mode mode) {
        List<String> notices = new ArrayList<>();
        List<StepTimes> times = new ArrayList<>();
        String disturbed = train(session.spark(), mode, new TrainingListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
            }

            @Override
            public void epoch(EpochReport report) {
                if (report.stepTimes() != null) {
                    times.add(report.stepTimes());
                }
                if (report.epoch() == EPOCH_OF_ARRIVAL) {
                    repair();
                } else if (report.epoch() == FATAL_EPOCH) {
                    soon(() -> kill(2));
                }
            }
        });
        assertThat(notices)
                .containsSubsequence(
                        "executors have come: 2 tasks share the shards from now on, instead of 1; the rows are read"
                                + " again",
                        "executors have been lost: 1 task shares the shards from now on, instead of 2; the rows are"
                                + " read again");
        assertThat(times).hasSize(EPOCHS).allSatisfy(epoch -> assertThat(epoch.computeNanos())
                .isPositive());
        assertThat(disturbed).isEqualTo(UNDISTURBED.get(mode.byDriver()));
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT", "ALLREDUCE"})
    void theLastOneEndsTheRun(SmallJob.Mode mode) {
        assertThatThrownBy(() -> train(session.spark(), mode, new TrainingListener() {
                    @Override
                    public void epoch(EpochReport report) {
                        if (report.epoch() == FATAL_EPOCH) {
                            soon(() -> kill(1));
                        }
                    }
                }))
                .hasMessage("no executor is left, and none has come within 3 seconds (spark.lockstep.executorTimeout):"
                        + " is the cluster at " + session.cluster().url() + " still there?");
    }

    private static String train(SparkSession spark, SmallJob.Mode mode, TrainingListener listener) {
        JobSpec job = SmallJob.job(rows, "csv", mode, "train.epochs=" + EPOCHS);
        return ModelFiles.sha256(
                new TrainingJob(spark, job, listener).run().model().parameters());
    }

    /** Brings the workers that have died back, with an executor each. */
    private static void repair() {
        session.cluster().control("repair").expectSuccess();
        session.awaitExecutors();
    }

    /** Does something a moment later: in the middle of a round. */
    private static void soon(Runnable disturb) {
        CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(disturb);
    }

    /** Kills a worker and its executors. */
    private static void kill(int number) {
        try {
            session.cluster().worker(number).ifPresent(worker -> {
                List<ProcessHandle> executors = worker.descendants().toList();
                worker.destroyForcibly();
                executors.forEach(ProcessHandle::destroyForcibly);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
