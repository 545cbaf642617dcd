package dev.lockstep.spark.chaos;

import dev.lockstep.spark.scripts.Signal;
import dev.lockstep.spark.scripts.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One training on the cluster while faults come. Its driver is started again whenever it has died, until it ends by
 * itself.
 */
final class DisturbedTraining {
    /** Spark's {@code spark.network.timeout} in these trainings. */
    static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration HANG_LIMIT = Duration.ofMinutes(5);
    private static final Duration CHECKPOINT_LIMIT = Duration.ofSeconds(150);
    private static final Duration CANCEL_LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration FINISH_POLL = Duration.ofSeconds(5);
    private static final int MAX_ERRORS = 10;

    private final String name;
    private final Path jobFile;
    private final RunFiles files;
    private final StandaloneCluster cluster;
    private final Map<String, String> environment;
    private final ChaosReport report;
    private final boolean speculates;
    private Process driver;
    private Instant started;
    private int errors;

    /**
     * A training that has not begun.
     *
     * @param name for the report
     * @param environment of the drivers
     * @param speculates whether Spark runs slow tasks a second time, and kills the loser
     */
    DisturbedTraining(
            String name,
            Path jobFile,
            RunFiles files,
            StandaloneCluster cluster,
            Map<String, String> environment,
            ChaosReport report,
            boolean speculates) {
        this.speculates = speculates;
        this.name = name;
        this.jobFile = jobFile;
        this.files = files;
        this.cluster = cluster;
        this.environment = environment;
        this.report = report;
    }

    /**
     * Trains to the end.
     *
     * @param faults those that come, in this order; one whose moment the driver does not live to see is left out
     * @param end no more faults come after this time ({@link System#nanoTime})
     * @throws ChaosException if it hangs, or ends with errors too often
     */
    void run(List<PlannedFault> faults, long end) throws IOException, InterruptedException {
        startDriver();
        for (PlannedFault planned : faults) {
            if (System.nanoTime() >= end) {
                break;
            }
            if (planned.afterCheckpoint()) {
                awaitCheckpoint();
            }
            if (pause(planned.delay())) {
                planned.fault().inject(this);
            } else if (driver.exitValue() == 0) {
                return;
            } else {
                restartAfterError();
            }
        }
        finish();
    }

    /** Waits until the driver has written a checkpoint since it was started, has ended, or is too slow. */
    private void awaitCheckpoint() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + CHECKPOINT_LIMIT.toNanos();
        while (!checkpoints().hasNewerThan(started) && System.nanoTime() < deadline && pause(POLL)) {}
    }

    private void finish() throws IOException, InterruptedException {
        HangDetector detector = new HangDetector(HANG_LIMIT, System::nanoTime);
        while (true) {
            if (!pause(FINISH_POLL)) {
                if (driver.exitValue() == 0) {
                    return;
                }
                restartAfterError();
            }
            if (detector.hangs(files.lastWritten())) {
                throw new ChaosException(name + " hangs: the driver wrote nothing for " + HANG_LIMIT.toSeconds()
                        + " s; its log is " + files.errors());
            }
        }
    }

    private void restartAfterError() throws IOException {
        String error = files.lastError()
                .orElseThrow(() -> new ChaosException(
                        name + ": the driver ended without an error line; its log is " + files.errors()));
        report.tell(name + ": the driver ended with an error: " + error);
        report.seen("driver ended with an error", 1);
        errors++;
        if (errors == MAX_ERRORS) {
            throw new ChaosException(name + ": the driver ended with an error " + errors + " times");
        }
        startDriver();
    }

    /** Starts a driver; one of two runs slow tasks a second time. */
    void startDriver() throws IOException {
        started = Instant.now();
        driver = files.startDriver(
                jobFile,
                environment,
                "--conf",
                "spark.speculation=" + speculates,
                "--conf",
                "spark.speculation.interval=50ms",
                "--conf",
                "spark.speculation.multiplier=1.1",
                "--conf",
                "spark.speculation.quantile=0.5",
                "--conf",
                "spark.speculation.minTaskRuntime=0ms",
                "--master",
                cluster.url(),
                "--executor-memory",
                "512m",
                "--driver-memory",
                "512m",
                "--conf",
                "spark.network.timeout=" + NETWORK_TIMEOUT.toSeconds() + "s",
                "--conf",
                "spark.network.timeoutInterval=5s",
                "--conf",
                "spark.executor.heartbeatInterval=2s");
    }

    /** Kills the driver with SIGKILL, and waits until it is dead. */
    void killDriver() throws InterruptedException {
        driver.destroyForcibly().waitFor();
    }

    /** Sends the driver a signal; whether it was there to get it. */
    boolean signalDriver(Signal signal) throws IOException, InterruptedException {
        return signal.send(driver.toHandle());
    }

    /**
     * Waits until a driver that has been told to end has done so, and starts another one unless the training was over
     * before.
     *
     * @throws ChaosException if it does not end
     */
    void restartAfterCancellation() throws IOException, InterruptedException {
        if (pause(CANCEL_LIMIT)) {
            throw new ChaosException(name + ": the driver did not end within " + CANCEL_LIMIT.toSeconds()
                    + " s of its cancellation; its log is " + files.errors());
        }
        if (driver.exitValue() != 0) {
            startDriver();
        }
    }

    /** Spark's page of the driver that was started last; empty if it has none yet. */
    Optional<String> page() throws IOException {
        return files.page();
    }

    /** Whether the driver runs. */
    boolean isRunning() {
        return driver.isAlive();
    }

    /**
     * Lets the training go on for a while.
     *
     * @return false as soon as the driver has ended
     */
    boolean pause(Duration time) throws InterruptedException {
        return !driver.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The cluster on which it runs. */
    StandaloneCluster cluster() {
        return cluster;
    }

    /** Its checkpoints. */
    Checkpoints checkpoints() {
        return files.checkpoints();
    }

    /**
     * One of the executors, if there is any.
     *
     * @param pick chooses it, at least 0
     */
    Optional<ProcessHandle> executor(int pick) throws IOException {
        List<ProcessHandle> executors = cluster.children();
        return executors.isEmpty() ? Optional.empty() : Optional.of(executors.get(pick % executors.size()));
    }

    /** Tells and counts that a fault has been injected. */
    void injected(String kind) {
        injected(kind, "");
    }

    /**
     * Tells and counts that a fault has been injected.
     *
     * @param kind what is counted
     * @param details what the line says after it
     */
    void injected(String kind, String details) {
        report.tell(name + ": " + kind + details);
        report.fault(kind);
    }
}
