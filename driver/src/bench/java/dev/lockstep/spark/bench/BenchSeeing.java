package dev.lockstep.spark.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.live.LiveTab;
import dev.lockstep.spark.report.ConsoleProgress;
import dev.lockstep.spark.report.Listeners;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.report.RunReport;
import dev.lockstep.spark.report.TensorBoardFile;
import dev.lockstep.spark.report.TimeFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import dev.lockstep.spark.train.RunDirectory;
import dev.lockstep.spark.train.TrainingJob;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What it costs to see a training: W1 (784-512-256-10, batch 128) in {@code local[2]}, in turns with all there is
 * (Spark's UI with a reader of the live page, event log, console, metrics, TensorBoard's file, examples, report) and
 * with nothing of it, in one process: {@code scripts/bench-seeing}. A training is timed from its first step to the end
 * of its report.
 */
@Command(
        name = "bench-seeing",
        mixinStandardHelpOptions = true,
        description = "Times trainings that are seen and trainings that are not.")
public final class BenchSeeing implements Callable<Integer> {
    private static final int SIDE = 28;
    private static final int CLASSES = 10;
    private static final int READ_EVERY_SECONDS = 2;
    private static final int IDX_BYTES = 0x0800;

    @Option(names = "--turns", defaultValue = "5", description = "Pairs of trainings, after one that warms up.")
    private int turns;

    @Option(names = "--epochs", defaultValue = "20", description = "Of each training.")
    private int epochs;

    @Option(names = "--rows", defaultValue = "60000", description = "Training rows.")
    private int rows;

    @Option(names = "--dir", required = true, description = "For rows and runs; emptied by nobody.")
    private Path folder;

    /** Seconds, and seconds of processors. */
    private record Cost(double seconds, double processorSeconds) {}

    /** Runs the measurement and ends the process. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchSeeing()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(folder);
        write("train", rows, 1);
        write("test", rows / 6, 2);
        List<Cost> seen = new ArrayList<>();
        List<Cost> unseen = new ArrayList<>();
        for (int turn = 0; turn <= turns; turn++) {
            // Whoever is second finds caches warmer.
            boolean first = turn % 2 == 0;
            Cost a = train(first, turn);
            Cost b = train(!first, turn);
            if (turn > 0) {
                seen.add(first ? a : b);
                unseen.add(first ? b : a);
            }
            System.err.printf(Locale.ROOT, "turn %d: seen %s, not seen %s%n", turn, first ? a : b, first ? b : a);
        }
        print(seen, unseen);
        return 0;
    }

    private static void print(List<Cost> seen, List<Cost> unseen) {
        double[] wall = new double[seen.size()];
        double[] processor = new double[seen.size()];
        for (int i = 0; i < wall.length; i++) {
            wall[i] = seen.get(i).seconds() / unseen.get(i).seconds();
            processor[i] = seen.get(i).processorSeconds() / unseen.get(i).processorSeconds();
        }
        System.out.println("| | not seen, s | seen, s | ratio of a turn, median | least | most |");
        System.out.println("| --- | --- | --- | --- | --- | --- |");
        row(
                "wall clock",
                unseen.stream().mapToDouble(Cost::seconds).toArray(),
                seen.stream().mapToDouble(Cost::seconds).toArray(),
                wall);
        row(
                "processors",
                unseen.stream().mapToDouble(Cost::processorSeconds).toArray(),
                seen.stream().mapToDouble(Cost::processorSeconds).toArray(),
                processor);
    }

    private static void row(String name, double[] unseen, double[] seen, double[] ratio) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.4f | %.4f | %.4f |%n",
                name,
                median(unseen),
                median(seen),
                median(ratio),
                Arrays.stream(ratio).min().orElse(Double.NaN),
                Arrays.stream(ratio).max().orElse(Double.NaN));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @SuppressWarnings("FutureReturnValueIgnored") // ends with the browser
    private Cost train(boolean seen, int turn) throws Exception {
        Path output = folder.resolve((seen ? "seen-" : "unseen-") + turn);
        Path log = Files.createDirectories(folder.resolve("events"));
        SparkSession spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", seen)
                .config("spark.ui.port", "0")
                .config("spark.eventLog.enabled", seen)
                .config("spark.eventLog.dir", log.toUri().toString())
                .getOrCreate();
        ScheduledExecutorService browser = Executors.newSingleThreadScheduledExecutor();
        try {
            String page = LiveTab.address(spark.sparkContext());
            if (page != null) {
                browser.scheduleAtFixedRate(
                        () -> read(page + "runs/"), READ_EVERY_SECONDS, READ_EVERY_SECONDS, TimeUnit.SECONDS);
            }
            JobSpec job = JobFile.parse(job(output), "bench", List.of());
            Watch watch = new Watch();
            return seen ? seen(spark, job, watch) : unseen(spark, job, watch);
        } finally {
            browser.shutdownNow();
            spark.stop();
        }
    }

    private static Cost unseen(SparkSession spark, JobSpec job, Watch watch) {
        new TrainingJob(spark, job, watch).run();
        return watch.cost();
    }

    private static Cost seen(SparkSession spark, JobSpec job, Watch watch) throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try (RunDirectory run = RunDirectory.open(job, "bench", new Configuration(), true, line -> {});
                ConsoleProgress console = new ConsoleProgress(nowhere, false)) {
            Listeners all = new Listeners(List.of(
                    watch,
                    console,
                    new MetricsFile(run.directory()),
                    new TimeFile(run.directory()),
                    new TensorBoardFile(run.directory(), job)));
            run.save(job, new TrainingJob(spark, job, all, run).run());
            RunReport.write(run.directory());
            return watch.cost();
        }
    }

    /** Knows when training began. */
    private static final class Watch implements TrainingListener {
        private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        private long nanos;
        private long processorNanos;

        @Override
        public void started(TrainingOverview plan) {
            nanos = System.nanoTime();
            processorNanos = system.getProcessCpuTime();
        }

        Cost cost() {
            return new Cost((System.nanoTime() - nanos) / 1e9, (system.getProcessCpuTime() - processorNanos) / 1e9);
        }
    }

    private static void read(String address) {
        try {
            HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            // The application has ended.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String job(Path output) {
        String rowsOf = "{path: " + folder + "/%s-images, label: " + folder + "/%s-labels, format: idx}";
        return """
                data: {train: %s, validation: %s, test: %s, shards: 8, scale: {divide: 255}}
                model:
                  layers:
                    - flatten
                    - dense: {units: 512, activation: relu}
                    - dense: {units: 256, activation: relu}
                    - dense: 10
                  loss: crossEntropy
                train: {epochs: %d, batchSize: 128, seed: 1}
                output: {dir: %s}
                """.formatted(
                        rowsOf.formatted("train", "train"),
                        rowsOf.formatted("test", "test"),
                        rowsOf.formatted("test", "test"),
                        epochs,
                        output);
    }

    /** Made-up images of ten classes, each a pattern of its own under noise, in the idx format. */
    private void write(String name, int count, long seed) throws IOException {
        Random random = new Random(seed);
        try (DataOutputStream images = open(name + "-images");
                DataOutputStream labels = open(name + "-labels")) {
            images.writeInt(IDX_BYTES + 3);
            images.writeInt(count);
            images.writeInt(SIDE);
            images.writeInt(SIDE);
            labels.writeInt(IDX_BYTES + 1);
            labels.writeInt(count);
            byte[] image = new byte[SIDE * SIDE];
            for (int row = 0; row < count; row++) {
                int label = random.nextInt(CLASSES);
                random.nextBytes(image);
                for (int i = label; i < image.length; i += CLASSES) {
                    image[i] = (byte) 200;
                }
                images.write(image);
                labels.write(label);
            }
        }
    }

    private DataOutputStream open(String name) throws IOException {
        return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(folder.resolve(name))));
    }
}
