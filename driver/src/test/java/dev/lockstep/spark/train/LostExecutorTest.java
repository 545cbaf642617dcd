package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import dev.lockstep.spark.scripts.ClusterSession;
import dev.lockstep.spark.scripts.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An executor, a process of its own, is lost in each phase of a training: the model has the known bits. The driver is
 * this JVM, so that it can be told when which task starts.
 */
@Tag("cluster")
@Timeout(300)
class LostExecutorTest {
    private static final int TIMEOUT_SECONDS = 10;
    private static final int STOP_SECONDS = 14;

    @TempDir
    private static Path folder;

    private static Path rows;
    private static ClusterSession session;

    /** What a training does at the moment. */
    enum Phase {
        INGEST,
        ROUND,
        EVALUATION
    }

    @BeforeAll
    static void start() throws IOException {
        rows = SmallJob.write(folder, 3, 4);
        session = ClusterSession.start(
                folder.resolve("cluster"),
                2,
                "spark.network.timeout",
                TIMEOUT_SECONDS + "s",
                "spark.network.timeoutInterval",
                "2s",
                "spark.executor.heartbeatInterval",
                "1s",
                // A rank goes where there is room, even if its rows are elsewhere.
                "spark.locality.wait",
                "0");
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    /** Hurts the executor that starts a given task of a phase, in the thread of Spark's listeners. */
    private static final class Misfortune extends SparkListener implements TrainingListener {
        private final Phase wanted;
        private final int task;
        private final Signal signal;
        private volatile Phase phase = Phase.INGEST;
        private int started;
        private volatile ProcessHandle victim;
        private boolean waited;

        Misfortune(Phase wanted, int task, Signal signal) {
            this.wanted = wanted;
            this.task = task;
            this.signal = signal;
        }

        @Override
        public void onTaskStart(SparkListenerTaskStart start) {
            if (phase != wanted || ++started != task) {
                return;
            }
            try {
                victim = session.cluster()
                        .child("--executor-id", start.taskInfo().executorId());
                signal.send(victim);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void started(TrainingOverview plan) {
            phase = Phase.ROUND;
        }

        /**
         * Soon after the loss the training stands still until there is an executor in its place, which then gets work.
         */
        @Override
        public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
            phase = stepInEpoch == stepsInEpoch ? Phase.EVALUATION : Phase.ROUND;
            if (victim != null && !waited) {
                waited = true;
                session.awaitExecutors();
            }
        }

        @Override
        public void epoch(EpochReport report) {
            phase = Phase.ROUND;
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String train(SmallJob.Mode mode, Misfortune misfortune) {
        session.awaitExecutors();
        JobSpec job = SmallJob.job(rows.toString(), "csv", mode);
        session.context().sc().addSparkListener(misfortune);
        try {
            return ModelFiles.sha256(new TrainingJob(session.spark(), job, misfortune)
                    .run()
                    .model()
                    .parameters());
        } finally {
            session.context().sc().removeSparkListener(misfortune);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GRADIENT, INGEST, 4",
        "GRADIENT, ROUND, 7",
        "GRADIENT, EVALUATION, 1",
        "ALLREDUCE, ROUND, 3",
        "AVERAGING, ROUND, 5",
    })
    void isReplacedWithoutATrace(SmallJob.Mode mode, Phase phase, int task) {
        Misfortune misfortune = new Misfortune(phase, task, Signal.KILL);
        assertThat(train(mode, misfortune)).isEqualTo(mode.sha256());
        assertThat(misfortune.victim).as("the executor that was killed").isNotNull();
    }

    /** One that does not answer for longer than the network timeout, in the middle of an all-reduce. */
    @ParameterizedTest
    @CsvSource({"ALLREDUCE, 3"})
    void isGivenUpWhenItDoesNotAnswer(SmallJob.Mode mode, int task) throws Exception {
        Misfortune misfortune = new Misfortune(Phase.ROUND, task, Signal.STOP);
        Thread waker = new Thread(
                () -> {
                    while (misfortune.victim == null) {
                        sleep(10);
                    }
                    sleep(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
                    try {
                        Signal.CONT.send(misfortune.victim);
                    } catch (IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                },
                "waker");
        waker.setDaemon(true);
        waker.start();
        assertThat(train(mode, misfortune)).isEqualTo(mode.sha256());
        assertThat(misfortune.victim).as("the executor that was stopped").isNotNull();
        waker.join();
    }
}
