package dev.lockstep.spark.bench;

import dev.lockstep.spark.bench.BenchSync.Kind;
import dev.lockstep.spark.bench.CostModel.Cluster;
import dev.lockstep.spark.bench.CostModel.Work;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Fits the {@link CostModel} to measurements and prints, as Markdown, what it found, how well it predicts what was
 * measured over slower links, and what it predicts for up to a thousand executors: {@code scripts/predict-scaling}.
 */
@Command(
        name = "predict-scaling",
        mixinStandardHelpOptions = true,
        description = "Predicts how long a step takes on 1 to 1,000 executors.")
public final class PredictScaling implements Callable<Integer> {
    private static final int[] RANKS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000};
    private static final double BFLOAT16 = 2;

    /** One float in a hundred, with its place. */
    private static final double TOP_HUNDREDTH = 0.01 * 2 * Float.BYTES;

    private static final double GBIT = 1e9 / 8;

    @Parameters(
            paramLabel = "MEASUREMENTS.csv",
            description = "What was measured: columns link, cores, parameters, ranks, way, millis, inStageMillis.")
    private Path measurements;

    @Option(
            names = "--parameters",
            defaultValue = "431080",
            description = "Parameters; those of LeNet (W2) by default.")
    private long parameters;

    @Option(
            names = "--slots",
            defaultValue = "1",
            description = "Vectors of the optimiser's state: 1 for momentum, 2 for Adam.")
    private int slots;

    @Option(
            names = "--compute-millis",
            required = true,
            description = "A rank's arithmetic in a step, in milliseconds.")
    private double computeMillis;

    @Option(names = "--csv", description = "Folder to which compared.csv and predicted.csv go, to be plotted.")
    private Path folder;

    private final PrintStream out;

    PredictScaling(PrintStream out) {
        this.out = out;
    }

    /** Prints the prediction. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, arguments));
    }

    /** Prints the prediction and returns the exit code. */
    static int run(PrintStream out, String... arguments) {
        return new CommandLine(new PredictScaling(out)).execute(arguments);
    }

    @Override
    public Integer call() throws IOException {
        List<SyncPoint> points = SyncPoint.read(measurements);
        CostModel model = CostFit.of(points);
        printCosts(model);
        String compared = compare(model, points);
        String predicted = predict(model);
        if (folder != null) {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("compared.csv"), compared, StandardCharsets.UTF_8);
            Files.writeString(folder.resolve("predicted.csv"), predicted, StandardCharsets.UTF_8);
        }
        return 0;
    }

    private void printCosts(CostModel model) {
        out.println("| cost | fitted |");
        out.println("| --- | --- |");
        cost("waking up at the end of a way", model.phaseSeconds() * 1e6, "µs");
        cost("a message", model.messageSeconds() * 1e6, "µs");
        cost("sending and receiving a byte", model.byteSeconds() * 1e9, "ns");
        cost("adding up and updating a parameter", model.parameterSeconds() * 1e9, "ns");
        cost("a Spark job", model.jobSeconds() * 1e3, "ms");
        cost("a task of it", model.taskSeconds() * 1e3, "ms");
        cost("a byte through the driver", model.driverByteSeconds() * 1e9, "ns");
        out.println();
    }

    private void cost(String name, double value, String unit) {
        out.printf(Locale.ROOT, "| %s | %.3g %s |%n", name, value, unit);
    }

    private String compare(CostModel model, List<SyncPoint> points) {
        StringBuilder csv = new StringBuilder("link,way,ranks,parameters,measured,predicted\n");
        out.println("| link | way | ranks | parameters | measured ms | predicted ms | predicted / measured |");
        out.println("| --- | --- | --- | --- | --- | --- | --- |");
        for (SyncPoint point : points) {
            if (point.way() != Kind.ALLREDUCE && point.way() != Kind.DRIVER) {
                continue;
            }
            Work work = new Work(point.parameters(), 0, 0);
            double predicted = point.way() == Kind.ALLREDUCE
                    ? model.allReduce(work, point.cluster(), CostModel.WHOLE)
                    : model.byDriver(work, point.cluster());
            String link = point.shaped() ? point.link() + " Gbit/s" : point.link();
            out.printf(
                    Locale.ROOT,
                    "| %s | %s | %d | %,d | %.2f | %.2f | %.2f |%n",
                    link,
                    point.way().label(),
                    point.ranks(),
                    point.parameters(),
                    point.seconds() * 1e3,
                    predicted * 1e3,
                    predicted / point.seconds());
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%s,%d,%d,%.4f,%.4f%n",
                    link,
                    point.way().label(),
                    point.ranks(),
                    point.parameters(),
                    point.seconds() * 1e3,
                    predicted * 1e3));
        }
        out.println();
        return csv.toString();
    }

    private String predict(CostModel model) {
        Work work = new Work(parameters, slots, computeMillis / 1e3);
        StringBuilder csv = new StringBuilder();
        for (int gigabits : new int[] {1, 10}) {
            out.printf(
                    Locale.ROOT,
                    "Milliseconds a step, links of %d Gbit/s, %,d parameters, %.1f ms of arithmetic:%n%n",
                    gigabits,
                    parameters,
                    computeMillis);
            boolean first = true;
            for (int ranks : RANKS) {
                Map<String, Double> row = row(model, work, new Cluster(ranks, 1, gigabits * GBIT));
                if (first) {
                    out.println("| ranks | " + String.join(" | ", row.keySet()) + " |");
                    out.println("| --- |" + " --- |".repeat(row.size()));
                    if (csv.isEmpty()) {
                        csv.append("gigabits,ranks,")
                                .append(String.join(",", row.keySet()))
                                .append('\n');
                    }
                    first = false;
                }
                StringBuilder cells = new StringBuilder();
                csv.append(gigabits).append(',').append(ranks);
                row.values().forEach(seconds -> {
                    cells.append(String.format(Locale.ROOT, " %.2f |", seconds * 1e3));
                    csv.append(String.format(Locale.ROOT, ",%.4f", seconds * 1e3));
                });
                out.println("| " + ranks + " |" + cells);
                csv.append('\n');
            }
            out.println();
        }
        return csv.toString();
    }

    private static Map<String, Double> row(CostModel model, Work work, Cluster cluster) {
        Map<String, Double> row = new LinkedHashMap<>();
        row.put("gradient", model.allReduce(work, cluster, CostModel.WHOLE));
        row.put("bfloat16", model.allReduce(work, cluster, BFLOAT16));
        row.put("top 1 %", model.allReduce(work, cluster, TOP_HUNDREDTH));
        row.put("averaging H=1", model.averaging(work, cluster, 1));
        row.put("H=8", model.averaging(work, cluster, 8));
        row.put("H=64", model.averaging(work, cluster, 64));
        return row;
    }
}
