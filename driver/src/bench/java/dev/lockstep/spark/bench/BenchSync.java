package dev.lockstep.spark.bench;

import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.sync.AllReduce;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.sync.SparkWorkers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures how long a synchronous step takes in several ways with next to nothing to compute, one rank a core of the
 * cluster, and prints a table: {@code scripts/bench-sync}. The ways take turns, so that a busy moment of the machine
 * meets all of them.
 */
@Command(
        name = "bench-sync",
        mixinStandardHelpOptions = true,
        description = "Times a synchronous step in several ways.")
public final class BenchSync implements Callable<Integer> {
    @Option(names = "--workers", required = true, description = "One-core executors that there are to be.")
    private int workers;

    @Option(
            names = "--parameters",
            split = ",",
            defaultValue = "100000,1000000,10000000",
            description = "How many parameters.")
    private List<Integer> parameters;

    @Option(
            names = "--ways",
            split = ",",
            description = "Which ways: ${COMPLETION-CANDIDATES}. All of them unless given.")
    private List<Kind> kinds = List.of(Kind.values());

    @Option(names = "--seconds", defaultValue = "3", description = "How long to measure each way in each turn.")
    private double seconds;

    @Option(names = "--turns", defaultValue = "3", description = "Turns, after one that warms up; the median counts.")
    private int turns;

    @Option(names = "--csv", description = "File to which the figures go, too.")
    private Path csv;

    @Option(
            names = "--link",
            defaultValue = SyncPoint.LOOPBACK,
            description = "What the file calls the link between the ranks: ${DEFAULT-VALUE}, or Gbit/s.")
    private String link;

    private final PrintStream out;

    /** The ways that are measured. */
    enum Kind {
        /** {@link TreeAggregation}. */
        TREE("broadcast + treeAggregate"),
        /** {@link BlockExchange}. */
        BLOCKS("block manager, as BigDL"),
        /** {@link SparkWorkers}. */
        DRIVER("driver aggregation"),
        /** {@link AllReduce}. */
        ALLREDUCE("all-reduce"),
        /** {@link BareTransport}. */
        BARE("bare transport");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** What it is called in tables. */
        String label() {
            return label;
        }

        private Way start(JavaSparkContext context, BenchJob job) {
            TrainingSetup setup = job.setup();
            float[] theta = job.initial().parameters().theta();
            int ranks = setup.plan().shards();
            return switch (this) {
                case TREE -> new TreeAggregation(context, theta, ranks);
                case BLOCKS -> new BlockExchange(context, theta.length, ranks);
                case DRIVER ->
                    new Training(
                            job, new Synchronizer.Gradient(setup, new SparkWorkers(job.cluster(), job.ranks(), null)));
                case ALLREDUCE -> new Training(job, new AllReduce(setup, job.cluster(), job.ranks()));
                case BARE -> new BareTransport(context, theta.length, ranks);
            };
        }
    }

    BenchSync(PrintStream out) {
        this.out = out;
    }

    /** Runs the measurement and ends the process. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, arguments));
    }

    /** Runs the measurement. */
    static int run(PrintStream out, String... arguments) {
        return new CommandLine(new BenchSync(out))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }

    @Override
    public Integer call() throws IOException {
        SparkSession spark =
                SparkSession.builder().appName("lockstep bench-sync").getOrCreate();
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        int ranks = Cluster.of(context, System.err::println).assign(workers).tasks();
        if (ranks < workers) {
            System.err.println("error: expected " + workers + " executors, got " + ranks);
            return CommandLine.ExitCode.SOFTWARE;
        }
        List<Measured> all = new ArrayList<>();
        for (int count : parameters) {
            all.addAll(measure(spark, context, count, ranks));
        }
        SyncTable.print(out, ranks, all);
        if (csv != null) {
            Files.writeString(csv, SyncTable.csv(link, all), StandardCharsets.UTF_8);
        }
        return 0;
    }

    /**
     * A way that is being measured.
     *
     * @param measured what is known of it
     * @param way how steps are taken
     */
    private record Running(Measured measured, Way way) {}

    private List<Measured> measure(SparkSession spark, JavaSparkContext context, int count, int ranks) {
        List<Running> ways = new ArrayList<>();
        try (BenchJob job = new BenchJob(spark, count, ranks)) {
            for (Kind kind : kinds) {
                ways.add(new Running(new Measured(kind, count, ranks), kind.start(context, job)));
            }
            for (int turn = 0; turn <= turns; turn++) {
                for (Running running : ways) {
                    Way.Cost cost = running.way().measure(seconds);
                    if (turn > 0) {
                        running.measured().costs().add(cost);
                    }
                }
            }
        } finally {
            ways.forEach(running -> running.way().close());
        }
        return ways.stream().map(Running::measured).toList();
    }
}
