package dev.lockstep.spark.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import dev.lockstep.spark.train.TrainingJob;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Reads short rows from a CSV file into shards and trains an epoch over them, and prints what it took as a row of a
 * Markdown table: {@code scripts/bench-ingest}.
 */
@Command(name = "bench-ingest", mixinStandardHelpOptions = true, description = "Times reading of many short rows.")
public final class IngestSpeed implements Callable<Integer> {
    private static final double MILLION = 1e6;

    @Option(names = "--rows", defaultValue = "1000000", description = "Rows.")
    private int rows;

    @Option(names = "--features", defaultValue = "4", description = "Numbers of a row, of three digits.")
    private int features;

    @Option(names = "--classes", defaultValue = "3", description = "Classes, called c0, c1 and so on.")
    private int classes;

    @Option(names = "--batch", defaultValue = "65536", description = "Rows of a step.")
    private int batch;

    @Option(names = "--dir", required = true, description = "Where the rows are, or are written if they are not there.")
    private Path folder;

    private final PrintStream out;

    IngestSpeed(PrintStream out) {
        this.out = out;
    }

    /** Prints one row. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new IngestSpeed(System.out)).execute(arguments));
    }

    /** What was taken until a moment. */
    private record Cost(long nanos, long processorNanos) {
        static Cost now() {
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Cost(System.nanoTime(), system.getProcessCpuTime());
        }

        double secondsSince(Cost other) {
            return (nanos - other.nanos) / 1e9;
        }

        double processorSecondsSince(Cost other) {
            return (processorNanos - other.processorNanos) / 1e9;
        }
    }

    /** When the rows lie in shards. */
    private static final class Started implements TrainingListener {
        private Cost cost = Cost.now();

        @Override
        public void started(TrainingOverview plan) {
            cost = Cost.now();
        }
    }

    @Override
    public Integer call() throws IOException {
        Path file = written();
        HeapWatch heap = HeapWatch.start();
        try (SparkSession spark = SparkSession.builder().getOrCreate()) {
            spark.range(1).count();
            Started started = new Started();
            Cost begin = Cost.now();
            new TrainingJob(spark, JobFile.parse(job(file), "bench-ingest", List.of()), started).run();
            Cost end = Cost.now();
            out.printf(
                    Locale.ROOT,
                    "| %,d | %,d | %.0f | %.1f | %.1f | %.2f | %.1f | %.0f | %.0f |%n",
                    rows,
                    classes,
                    Files.size(file) / MILLION,
                    started.cost.secondsSince(begin),
                    started.cost.processorSecondsSince(begin),
                    started.cost.processorSecondsSince(begin) * MILLION / rows,
                    end.secondsSince(started.cost),
                    heap.megabytes(),
                    processMegabytes());
        }
        return 0;
    }

    private String job(Path file) {
        return """
                data:
                  train: {path: "%s", label: kind}
                model: {layers: [{dense: %d}], loss: crossEntropy}
                train: {epochs: 1, batchSize: %d, seed: 1}
                output: {dir: unused}
                """.formatted(file, classes, batch);
    }

    /** The most of this process that lay in real memory; 0 where nothing says so. */
    private static double processMegabytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    /** Every class has a row as long as there are as many rows. */
    private Path written() throws IOException {
        Path file = folder.resolve(String.format("short-%d-%d-%d.csv", rows, features, classes));
        if (Files.exists(file)) {
            return file;
        }
        Files.createDirectories(folder);
        SplittableRandom random = new SplittableRandom(1);
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int i = 0; i < features; i++) {
                writer.append('x').append(Integer.toString(i)).append(',');
            }
            writer.append("kind\n");
            for (int row = 0; row < rows; row++) {
                int kind = row < classes ? row : random.nextInt(classes);
                for (int i = 0; i < features; i++) {
                    int thousandths = (int) ((kind + 1L) * (i + 7) % 700) + random.nextInt(300);
                    writer.append(Double.toString(thousandths / 1000.0)).append(',');
                }
                writer.append('c').append(Integer.toString(kind)).append('\n');
            }
        }
        return file;
    }
}
