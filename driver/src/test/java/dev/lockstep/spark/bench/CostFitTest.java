package dev.lockstep.spark.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.spark.bench.BenchSync.Kind;
import dev.lockstep.spark.bench.CostModel.Work;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostFitTest {
    private static final CostModel MODEL = new CostModel(100e-6, 10e-6, 1e-9, 0.5e-9, 30e-3, 1e-3, 2e-9);

    @TempDir
    private Path folder;

    /**
     * What the model says of two cores, within the machine and over a link that would change the fit if it were part of
     * it.
     */
    private static List<SyncPoint> points() {
        List<SyncPoint> points = new ArrayList<>();
        for (String link : List.of(SyncPoint.LOOPBACK, "1")) {
            for (int ranks : new int[] {1, 2, 4, 8}) {
                for (long parameters : new long[] {100_000, 1_000_000, 10_000_000}) {
                    for (Kind kind : List.of(Kind.ALLREDUCE, Kind.DRIVER)) {
                        points.add(point(link, parameters, ranks, kind));
                    }
                }
            }
        }
        return points;
    }

    private static SyncPoint point(String link, long parameters, int ranks, Kind kind) {
        Work work = new Work(parameters, 0, 0);
        SyncPoint place = new SyncPoint(link, 2, parameters, ranks, kind, 0, 0);
        double millis = 1e3
                * (kind == Kind.ALLREDUCE
                        ? MODEL.allReduce(work, place.cluster(), CostModel.WHOLE)
                        : MODEL.byDriver(work, place.cluster()));
        return new SyncPoint(link, 2, parameters, ranks, kind, millis, millis);
    }

    @Test
    void findsTheCostsAgain() {
        CostModel fitted = CostFit.of(points());
        assertThat(fitted.phaseSeconds()).isEqualTo(100e-6, within(1e-10));
        assertThat(fitted.messageSeconds()).isEqualTo(10e-6, within(1e-11));
        assertThat(fitted.byteSeconds()).isEqualTo(1e-9, within(1e-14));
        assertThat(fitted.parameterSeconds()).isEqualTo(0.5e-9, within(1e-14));
        assertThat(fitted.jobSeconds()).isEqualTo(30e-3, within(1e-8));
        assertThat(fitted.taskSeconds()).isEqualTo(1e-3, within(1e-9));
        assertThat(fitted.driverByteSeconds()).isEqualTo(2e-9, within(1e-14));
    }

    @Test
    void noCostIsBelowZero() {
        // Without the bound the second column would have -1.
        double[] x = CostFit.leastSquaresNotNegative(new double[][] {{1, 0}, {2, 1}});
        assertThat(x[0]).isEqualTo(0.6, within(1e-12));
        assertThat(x[1]).isZero();
    }

    @Test
    void tooFewMeasurements() {
        assertThatThrownBy(() -> CostFit.of(points().subList(0, 4)))
                .hasMessage("too few measurements of all-reduce: 2");
    }

    @Test
    void theCommandPrintsCostsComparisonAndPrediction() throws IOException {
        StringBuilder csv = new StringBuilder(SyncPoint.HEADER + "\n");
        for (SyncPoint point : points()) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,2,%d,%d,%s,%.9f,%.9f%n",
                    point.link(),
                    point.parameters(),
                    point.ranks(),
                    point.way().name().toLowerCase(Locale.ROOT),
                    point.millis(),
                    point.inStageMillis()));
        }
        Path measurements = Files.writeString(folder.resolve("measurements.csv"), csv);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int code = PredictScaling.run(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                measurements.toString(),
                "--parameters",
                "1000000",
                "--compute-millis",
                "20",
                "--csv",
                folder.toString());
        assertThat(code).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("| a message | 10.0 µs |")
                .contains("| 1 Gbit/s | all-reduce | 4 | 1,000,000 |")
                // The first line is CostModelTest's; the last column of the second is 20 ms + (34 ms + 400 ms) / 64.
                .contains("| ranks | gradient | bfloat16 | top 1 % | averaging H=1 | H=8 | H=64 |")
                .contains("| 4 | 68.94 | 56.94 |")
                .contains("| 74.25 | 26.78 |");
        assertThat(Files.readAllLines(folder.resolve("predicted.csv"))).hasSize(1 + 2 * 11);
        assertThat(Files.readAllLines(folder.resolve("compared.csv")))
                .hasSize(1 + points().size())
                .allSatisfy(line -> assertThat(line.split(",")).hasSize(6));
    }

    @Test
    void anotherFile() throws IOException {
        Path file = Files.writeString(folder.resolve("other.csv"), "a,b\n1,2\n");
        assertThatThrownBy(() -> SyncPoint.read(file))
                .hasMessage(file + ": expected the first line to be " + SyncPoint.HEADER);
    }
}
