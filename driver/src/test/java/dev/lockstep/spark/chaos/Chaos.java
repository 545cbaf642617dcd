package dev.lockstep.spark.chaos;

import dev.lockstep.spark.scripts.Scripts;
import dev.lockstep.spark.scripts.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains on a standalone cluster of processes while processes and checkpoints are hurt, and compares the sha256 of
 * every model with that of an undisturbed run. {@code scripts/chaos} is the way in and says more.
 */
final class Chaos {
    /** Workers of the cluster, of one core each. */
    static final int WORKERS = 2;

    private final ChaosOptions options;
    private final ChaosFolder folder;
    private final Map<String, String> environment = new HashMap<>();
    private final ChaosReport report = new ChaosReport(System.out, System::nanoTime);

    private Chaos(ChaosOptions options) throws IOException {
        Path path = options.folder(Scripts.PROJECT.resolve("runs"));
        String earlier = options.undisturbed();
        if (earlier != null
                && Files.exists(path)
                && Files.exists(Path.of(earlier))
                && Files.isSameFile(path, Path.of(earlier))) {
            throw new ChaosException(
                    "--undisturbed " + earlier + ": expected another folder than that of this call, which is replaced");
        }
        this.options = options;
        this.folder = ChaosFolder.replace(path);
        environment.put("LOCKSTEP_CLUSTER_DIR", folder.path().resolve("cluster").toString());
        // Unlike a test, this may be tried on a Spark installation.
        environment.computeIfAbsent("SPARK_HOME", System::getenv);
    }

    /** Exits with 1 if a sha256 differs, a run hangs or cannot be finished, or the command line is wrong. */
    public static void main(String[] arguments) throws IOException {
        boolean good = false;
        try {
            Chaos chaos = new Chaos(ChaosOptions.parse(arguments));
            Runtime.getRuntime().addShutdownHook(new Thread(chaos::stopProcesses, "stop processes"));
            good = chaos.run();
        } catch (ChaosException | AssertionError e) {
            System.err.println("scripts/chaos: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.exit(good ? 0 : 1);
    }

    /** No driver and no cluster outlives this process. */
    private void stopProcesses() {
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        Scripts.run(environment, "cluster", List.of("stop"));
    }

    private boolean run() throws IOException, InterruptedException {
        Files.writeString(folder.rows(), ChaosJob.rows());
        Map<ChaosJob, String> expected = new EnumMap<>(ChaosJob.class);
        for (ChaosJob job : options.jobs()) {
            Files.writeString(folder.jobFile(job), job.yaml(folder.rows()));
            expected.put(job, undisturbed(job));
            report.tell(job + ": " + expected.get(job) + " when undisturbed");
        }
        if (options.duration().isZero()) {
            return true;
        }
        StandaloneCluster cluster = StandaloneCluster.start(environment, WORKERS);
        FaultSchedule schedule = new FaultSchedule(options.seed());
        long end = System.nanoTime() + options.duration().toNanos();
        for (int number = 1; System.nanoTime() < end; number++) {
            ChaosJob job = options.job(number);
            String name = "run " + number;
            boolean speculates = number % 2 == 0;
            report.tell(name + ": " + job + (speculates ? ", with speculation" : ""));
            RunFiles files = folder.run(number);
            new DisturbedTraining(name, folder.jobFile(job), files, cluster, environment, report, speculates)
                    .run(schedule.nextRun(), end);
            String sha256 = files.sha256().orElse("none");
            boolean same = sha256.equals(expected.get(job));
            report.run(same);
            report.tell(name + ": " + job + " ends with " + (same ? "the same sha256" : "ANOTHER sha256: " + sha256));
            if (same) {
                ChaosFolder.delete(files.directory());
            }
        }
        report.seenInLogs(folder.errorOutput());
        report.summarise(options);
        return report.isGood();
    }

    /** The sha256 of a job's undisturbed run, in one process, or of that of an earlier call. */
    private String undisturbed(ChaosJob job) throws IOException, InterruptedException {
        RunFiles files = options.undisturbed() == null ? folder.undisturbed(job) : earlierRun(job);
        if (options.undisturbed() == null) {
            String[] alone = {"--master", "local[2]", "--set", "checkpoint=null", "--set", "sync.transport=driver"};
            files.startDriver(folder.jobFile(job), environment, alone).waitFor();
        }
        return files.sha256()
                .orElseThrow(() ->
                        new ChaosException("the undisturbed run of " + job + " failed; its log is " + files.errors()));
    }

    private RunFiles earlierRun(ChaosJob job) throws IOException {
        ChaosFolder earlier =
                new ChaosFolder(Path.of(options.undisturbed()).toAbsolutePath().normalize());
        Path file = earlier.jobFile(job);
        if (!Files.exists(file) || !Files.readString(file).equals(job.yaml(earlier.rows()))) {
            throw new ChaosException(
                    "--undisturbed " + options.undisturbed() + ": its " + file.getFileName() + " is not this job");
        }
        return earlier.undisturbed(job);
    }
}
