package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.spark.LocalSession;
import dev.lockstep.spark.cli.CommandLineRun;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.EpochReport;
import dev.lockstep.spark.report.MetricsFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.report.TrainingOverview;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows, checkpoints, metrics, the model and predictions on an object store, by way of Hadoop's S3A. */
@Tag("cluster")
class S3Test {
    private static final int DIES_AT_STEP = 20;
    private static final String ROOT = "s3a://lockstep";
    /** The least that S3A allows. */
    private static final int PART_BYTES = 5 << 20;

    private static final int MAKERS = 6;

    @TempDir
    private static Path folder;

    private static ClassLoader before;
    private static URLClassLoader loader;
    private static Map<String, String> properties;
    private static S3Server server;
    private static SparkSession spark;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = S3Server.start(folder, "lockstep");
        // Hadoop and Spark find S3A by the thread's class loader, no other test does.
        before = Thread.currentThread().getContextClassLoader();
        loader = new URLClassLoader(S3Server.jars().stream().map(S3Test::url).toArray(URL[]::new), before);
        Thread.currentThread().setContextClassLoader(loader);
        properties = Map.of(
                "spark.hadoop.fs.s3a.endpoint", server.endpoint(),
                "spark.hadoop.fs.s3a.path.style.access", "true",
                "spark.hadoop.fs.s3a.access.key", "any",
                "spark.hadoop.fs.s3a.secret.key", "any",
                "spark.hadoop.fs.s3a.endpoint.region", "us-east-1",
                "spark.hadoop.fs.s3a.input.stream.type", "classic",
                "spark.hadoop.fs.s3a.multipart.size", Integer.toString(PART_BYTES));
        properties.forEach(System::setProperty);
        spark = LocalSession.start(2, "spark.sql.shuffle.partitions", "2");
    }

    @AfterAll
    static void stop() throws IOException {
        spark.stop();
        FileSystem.closeAll();
        properties.keySet().forEach(System::clearProperty);
        Thread.currentThread().setContextClassLoader(before);
        loader.close();
        server.close();
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Configuration configuration() {
        return spark.sparkContext().hadoopConfiguration();
    }

    private static byte[] bytes(FileDirectory directory, String name) throws IOException {
        try (InputStream in = directory.open(name)) {
            return in.readAllBytes();
        }
    }

    /** The driver's death, as far as files can tell: nothing is done after it. */
    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aRunOnAnObjectStoreHasTheBitsOfOneOnADisk() throws IOException {
        Path local = SmallJob.write(folder, 3, 1);
        FileSystem files = new org.apache.hadoop.fs.Path(ROOT).getFileSystem(configuration());
        files.copyFromLocalFile(
                new org.apache.hadoop.fs.Path(local.toUri()), new org.apache.hadoop.fs.Path(ROOT + "/rows"));
        SmallJob.Mode mode = SmallJob.Mode.GRADIENT;
        List<String> settings = List.of(
                "data.train.path=" + ROOT + "/rows",
                "checkpoint={every: {rounds: 9}, keep: 2}",
                "output.dir=" + ROOT + "/run");
        dies(SmallJob.job("unused", "csv", mode, settings.toArray(String[]::new)));

        Path file = Files.writeString(folder.resolve("job.yaml"), SmallJob.text("unused", "csv", mode));
        List<String> train = new ArrayList<>(List.of("train", file.toString()));
        settings.forEach(setting -> train.addAll(List.of("--set", setting)));
        CommandLineRun trained = CommandLineRun.of(train.toArray(String[]::new));
        assertThat(trained.err()).contains("resuming from a checkpoint: 1 epoch, 18 steps trained");
        assertThat(trained.out()).endsWith("model " + ROOT + "/run sha256 " + mode.sha256() + "\n");
        FileDirectory run = FileSystems.directory(ROOT + "/run", configuration());
        assertThat(run.list()).contains(ModelFiles.DESCRIPTION, ModelFiles.WEIGHTS, MetricsFile.NAME);
        assertThat(new String(bytes(run, MetricsFile.NAME), StandardCharsets.UTF_8))
                .hasLineCount(3);

        CommandLineRun predicted =
                CommandLineRun.of("predict", ROOT + "/run", "--input", ROOT + "/rows", "--output", ROOT + "/predicted");
        assertThat(predicted.code()).as(predicted.err()).isZero();
        FileDirectory predictions = FileSystems.directory(ROOT + "/predicted", configuration());
        int lines = 0;
        for (String name : predictions.list()) {
            assertThat(name).matches("_SUCCESS|_PREDICTIONS|part-.*\\.csv");
            if (name.startsWith("part-")) {
                lines += new String(bytes(predictions, name), StandardCharsets.UTF_8)
                                .lines()
                                .toArray()
                                .length
                        - 1;
            }
        }
        assertThat(lines).isEqualTo(SmallJob.lines().size());

        CommandLineRun exported =
                CommandLineRun.of("export", ROOT + "/run", "--onnx", ROOT + "/exported/the model.onnx");
        assertThat(exported.code()).as(exported.err()).isZero();

        assertThat(server.requests())
                .as("a rename is a copy")
                .noneMatch(S3Server.Request::copies)
                .as("the metrics are there all the while")
                .noneMatch(request -> request.is("DELETE", "/run/metrics.jsonl"));
        assertThat(threadPools()).as("two for each file system").hasSize(2);
    }

    /** Trains the job until the driver dies. */
    private static void dies(JobSpec job) throws IOException {
        MetricsFile metrics = new MetricsFile(FileSystems.directory(ROOT + "/run", configuration()));
        assertThatThrownBy(() -> new TrainingJob(spark, job, new TrainingListener() {
                            @Override
                            public void started(TrainingOverview plan) {
                                metrics.started(plan);
                            }

                            @Override
                            public void epoch(EpochReport report) {
                                metrics.epoch(report);
                            }

                            @Override
                            public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
                                if ((epoch - 1) * stepsInEpoch + stepInEpoch == DIES_AT_STEP) {
                                    throw new Death();
                                }
                            }
                        })
                        .run())
                .isInstanceOf(Death.class);
    }

    /** The pools of threads of the live file systems. */
    private static Set<String> threadPools() {
        Set<String> pools = new TreeSet<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("s3a-")) {
                pools.add(thread.getName().replaceFirst("-t\\d+$", ""));
            }
        }
        return pools;
    }

    @Test
    void aFailedWriteLeavesTheFileThatWasThere() throws IOException {
        FileDirectory directory = FileSystems.directory(ROOT + "/failed", configuration());
        byte[] parts = new byte[PART_BYTES + 1];
        directory.write("x", out -> out.write(1));
        for (byte[] bytes : List.of(new byte[] {2}, parts)) {
            assertThatThrownBy(() -> directory.write("x", out -> {
                        out.write(bytes);
                        throw new IOException("disk full");
                    }))
                    .hasMessage("disk full");
        }
        assertThat(bytes(directory, "x")).containsExactly(1);
        assertThat(directory.list()).containsExactly("x");
        assertThat(server.requests())
                .as("an upload in parts, given up")
                .anyMatch(request -> request.is("POST", "/failed/x?uploads"))
                .anyMatch(request -> request.is("DELETE", "/failed/x?uploadId="));
    }

    @Test
    void ofSeveralWhoMakeAFileOneSucceeds() throws Exception {
        FileDirectory directory = FileSystems.directory(ROOT + "/made", configuration());
        ExecutorService threads = Executors.newFixedThreadPool(MAKERS);
        try {
            List<Callable<Boolean>> makers = new ArrayList<>();
            for (int maker = 0; maker < MAKERS; maker++) {
                byte[] content = {(byte) maker};
                makers.add(() -> directory.create("x", content));
            }
            int made = 0;
            for (Future<Boolean> maker : threads.invokeAll(makers)) {
                made += maker.get() ? 1 : 0;
            }
            assertThat(made).isEqualTo(1);
        } finally {
            threads.shutdown();
        }
        assertThat(directory.create("x", new byte[] {MAKERS})).isFalse();
    }
}
