package dev.lockstep.spark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
    private long seconds = 5;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ChaosReport report = new ChaosReport(
            new PrintStream(out, true, StandardCharsets.UTF_8), () -> TimeUnit.SECONDS.toNanos(seconds));

    @Test
    void tellsWhatHappensThenHowOften() {
        seconds = 17;
        report.tell("run 1: driver killed");
        report.fault("executor killed");
        report.fault("driver killed");
        report.fault("executor killed");
        report.seenInLogs(List.of(
                "resuming from a checkpoint: 2 epochs, 60 steps trained",
                "note: x.json: damaged; resuming from the checkpoint of step 60",
                "epoch 3/3"));
        report.run(true);
        assertThat(report.isGood()).isTrue();
        report.run(false);
        assertThat(report.isGood()).isFalse();
        report.summarise(ChaosOptions.parse("--minutes", "0.5", "--seed", "3", "--jobs", "driver"));
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "[  12 s] run 1: driver killed",
                        "",
                        "seed 3, 0.5 minutes, jobs driver: 2 runs, 1 with another sha256",
                        "     1  driver killed",
                        "     2  executor killed",
                        "seen in the logs",
                        "     1  damaged checkpoint skipped",
                        "     1  resumed from a checkpoint");
    }

    @Test
    void noRunIsNoSuccess() {
        assertThat(report.isGood()).isFalse();
    }
}
