package dev.lockstep.spark.bench;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.MemoryShard;
import dev.lockstep.nn.data.Moments;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.data.ShardTree;
import dev.lockstep.nn.metric.MetricSet;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.optim.KlWeight;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.posterior.WeightPosterior;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.train.Cancellation;
import dev.lockstep.nn.train.Evaluation;
import dev.lockstep.nn.train.EvaluationSetup;
import dev.lockstep.nn.train.EvaluationSum;
import dev.lockstep.nn.train.LocalWorkers;
import dev.lockstep.nn.train.ParameterUpdate;
import dev.lockstep.nn.train.RoundListener;
import dev.lockstep.nn.train.Synchronizer;
import dev.lockstep.nn.train.Trainer;
import dev.lockstep.nn.train.TrainingPlan;
import dev.lockstep.nn.train.TrainingSetup;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains regressions on divisions of UCI sets into training and test rows, by several ways to be uncertain, and prints
 * what came of each as a row of a Markdown table: {@code scripts/experiments uci}. It trains in its own thread by the
 * library alone: so many small trainings would wait for Spark most of the time.
 */
@Command(name = "bench-uci", mixinStandardHelpOptions = true, description = "Compares ways to be uncertain.")
public final class BenchUci implements Callable<Integer> {
    /** Of so many training rows one is measured to choose settings. */
    private static final int TENTH = 10;

    @Option(names = "--job", required = true, description = "The job file, to which a way adds its settings.")
    private Path file;

    @Option(names = "--dir", required = true, description = "Where the folders of the sets are.")
    private Path folder;

    @Option(names = "--data", required = true, paramLabel = "NAME:COLUMN", description = "A set, and its target.")
    private List<String> sets;

    @Option(names = "--divisions", defaultValue = "5", description = "How many. Default: ${DEFAULT-VALUE}.")
    private int divisions;

    @Option(names = "--samples", defaultValue = "100", description = "Networks of a prediction that draws them.")
    private int samples;

    @Option(
            names = "--choose",
            description = "Measures a tenth of the training rows, which are not trained on, and not the test rows.")
    private boolean choose;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Takes the place of a value of every way.")
    private List<String> settings = List.of();

    @CommandLine.Parameters(
            arity = "1..*",
            description = "NAME, or NAME:KEY=VALUE;KEY=VALUE with the settings of a way.")
    private List<String> ways = List.of();

    private final PrintStream out;

    BenchUci(PrintStream out) {
        this.out = out;
    }

    /** Prints rows. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchUci(System.out)).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        for (String set : sets) {
            for (String way : ways) {
                print(set, way);
            }
        }
        return 0;
    }

    private void print(String set, String way) throws IOException {
        List<Double> errors = new ArrayList<>();
        List<Double> logLikelihoods = new ArrayList<>();
        double seconds = 0;
        int parameters = 0;
        for (int division = 0; division < divisions; division++) {
            Figures figures = figures(job(way), rows(set, division));
            errors.add(figures.error());
            logLikelihoods.add(figures.logLikelihood());
            seconds += figures.seconds() / divisions;
            parameters = figures.parameters();
        }
        out.printf(
                Locale.ROOT,
                "| %s | %s | %s | %s | %,d | %.1f |%n",
                set.split(":", 2)[0],
                way.split(":", 2)[0],
                text(errors),
                text(logLikelihoods),
                parameters,
                seconds);
    }

    private JobSpec job(String way) throws IOException {
        List<String> all = new ArrayList<>();
        if (way.contains(":")) {
            all.addAll(List.of(way.split(":", 2)[1].split(";")));
        }
        all.addAll(settings);
        return JobFile.parse(Files.readString(file), file.toString(), all);
    }

    /**
     * The rows of a division.
     *
     * @param training rows of features and a target, one after another
     * @param measured likewise
     */
    private record Rows(RowLayout layout, float[] training, float[] measured) {}

    private Rows rows(String set, int division) throws IOException {
        Path data = folder.resolve(set.split(":", 2)[0]);
        int target = Integer.parseInt(set.split(":", 2)[1]);
        List<float[]> all = new ArrayList<>();
        for (String line : Files.readAllLines(data.resolve("data.txt"))) {
            if (!line.isBlank()) {
                all.add(row(line.strip().split("\\s+"), target));
            }
        }
        RowLayout layout = new RowLayout(Shape.of(target), Shape.of(1), false, false);
        List<Integer> training = numbers(data.resolve("index_train_" + division + ".txt"));
        List<Integer> measured = numbers(data.resolve("index_test_" + division + ".txt"));
        if (choose) {
            measured = new ArrayList<>();
            for (int i = 0; i < training.size(); i += TENTH) {
                measured.add(training.get(i));
            }
            training.removeAll(Set.copyOf(measured));
        }
        return new Rows(layout, packed(all, training), packed(all, measured));
    }

    /** The first columns are the features, the next one is the target. */
    private static float[] row(String[] cells, int target) {
        float[] row = new float[target + 1];
        for (int i = 0; i <= target; i++) {
            row[i] = (float) Double.parseDouble(cells[i]);
        }
        return row;
    }

    private static List<Integer> numbers(Path path) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (String line : Files.readAllLines(path)) {
            numbers.add((int) Double.parseDouble(line.strip()));
        }
        return numbers;
    }

    private static float[] packed(List<float[]> all, List<Integer> numbers) {
        int width = all.get(0).length;
        float[] packed = new float[numbers.size() * width];
        for (int i = 0; i < numbers.size(); i++) {
            System.arraycopy(all.get(numbers.get(i)), 0, packed, i * width, width);
        }
        return packed;
    }

    /**
     * What a training came to.
     *
     * @param error root of the mean squared error
     * @param seconds of the processor, for the training
     */
    private record Figures(double error, double logLikelihood, int parameters, double seconds) {}

    private Figures figures(JobSpec job, Rows rows) {
        long seed = job.train().seed();
        RowLayout layout = rows.layout();
        int count = rows.training().length / layout.width();
        List<MemoryShard> training = CanonicalOrder.shards(layout, rows.training(), count, 1, seed);
        MemoryShard shard = training.get(0);
        Scaling scaling = Scaling.standardise(Objects.requireNonNull(Moments.ofFeatures(shard, layout)))
                .withTargets(Scaling.standardise(Objects.requireNonNull(Moments.ofTargets(shard, layout))));
        TrainingPlan plan = new TrainingPlan(
                seed, 1, count, job.train().batchSize(), job.train().epochs());
        Network network = Network.bind(job.model(), layout.features());
        ParameterUpdate update = new ParameterUpdate(
                        network,
                        job.optimizer(),
                        job.train().schedule(),
                        plan,
                        job.train().clipping(),
                        job.train().klWeight() == null
                                ? KlWeight.ONE
                                : job.train().klWeight())
                .averaging(job.train().weightAverage())
                .towards(job.train().posterior());
        // The networks of an ensemble are the mixture.
        int drawn = job.model().members() > 1 ? 0 : samples;
        EvaluationSetup evaluation = new EvaluationSetup(job.model(), layout, scaling, seed, drawn);
        TrainingSetup setup = new TrainingSetup(evaluation, plan, update);
        // Of the processor: another process that runs does not count.
        ThreadMXBean thread = ManagementFactory.getThreadMXBean();
        long startNanos = thread.getCurrentThreadCpuTime();
        Parameters learned = train(setup, training, job.train().posterior());
        double seconds = (thread.getCurrentThreadCpuTime() - startNanos) / 1e9;
        int measured = rows.measured().length / layout.width();
        List<MemoryShard> test = CanonicalOrder.shards(layout, rows.measured(), measured, 1, seed);
        MetricSet metrics = network.metrics();
        EvaluationSum sum = Objects.requireNonNull(ShardTree.combine(
                1,
                new Evaluation(evaluation, test).measure(learned, Cancellation.NEVER),
                (left, right) -> left.merge(right, metrics)));
        return new Figures(
                network.likelihood().score().of(sum.losses()),
                (Double) metrics.figures(sum.sums()).get("logLikelihood"),
                network.parameterCount(),
                seconds);
    }

    private static Parameters train(
            TrainingSetup setup, List<MemoryShard> shards, @Nullable WeightPosterior posterior) {
        LocalWorkers workers = new LocalWorkers(setup, shards, List.of());
        Parameters learned = new Trainer(
                        setup, new Synchronizer.Gradient(setup, workers), workers, null, new RoundListener() {})
                .train(setup.initialState(false))
                .learned();
        return posterior == null
                ? learned
                : posterior.fit(setup.network(), workers::curvature, learned).parameters();
    }

    /** The mean and its standard error. */
    private static String text(List<Double> values) {
        double mean = values.stream().mapToDouble(value -> value).average().orElseThrow();
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        double error = Math.sqrt(squares / Math.max(1, values.size() - 1) / values.size());
        return String.format(Locale.ROOT, "%.2f ± %.2f", mean, error);
    }
}
