package dev.lockstep.spark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way takes steps, with two ranks in this JVM. */
class BenchSyncTest {
    @TempDir
    private Path folder;

    private SparkSession spark;

    @BeforeEach
    void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .appName("bench-sync")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .getOrCreate();
    }

    @AfterEach
    void stop() {
        spark.stop();
    }

    @Test
    void everyWayTakesSteps() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Path csv = folder.resolve("sync.csv");
        int code = BenchSync.run(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                "--workers",
                "2",
                "--parameters",
                "100000",
                "--seconds",
                "0.05",
                "--turns",
                "1",
                "--csv",
                csv.toString());
        assertThat(code).isZero();
        assertThat(SyncPoint.read(csv)).extracting(SyncPoint::way).containsExactly(BenchSync.Kind.values());
        assertThat(SyncPoint.read(csv)).allSatisfy(point -> {
            assertThat(point.link()).isEqualTo("loopback");
            assertThat(point.parameters()).isEqualTo(100_000);
            assertThat(point.ranks()).isEqualTo(2);
            assertThat(point.millis()).isPositive();
            assertThat(point.inStageMillis()).isPositive().isLessThanOrEqualTo(point.millis());
        });
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .startsWith("2 ranks\n")
                .contains("x as fast as broadcast + treeAggregate; bar: at least 8 x: ")
                .contains("x as fast as driver aggregation; bar: at least 6 x: ")
                .contains("x bare transport; bar: at most 1.3 x: ");
    }

    @Test
    void fewerExecutorsThanAskedForAreNotMeasured() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int code = BenchSync.run(new PrintStream(printed, true, StandardCharsets.UTF_8), "--workers", "3");
        assertThat(code).isEqualTo(1);
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}
