package dev.lockstep.spark.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.describe.JobDraft;
import dev.lockstep.spark.ingest.DataSchema;
import dev.lockstep.spark.ingest.TableProfile;
import dev.lockstep.spark.ingest.Tables;
import dev.lockstep.spark.predict.PredictionInput;
import dev.lockstep.spark.predict.TablePrediction;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Trains on a table as people have it, from a CSV file to a model, and prints what came of each way as a row of a
 * Markdown table: {@code scripts/bench-tables}. The job is the one that {@code lockstep init} writes; the rivals have
 * their own defaults.
 */
@Command(name = "bench-tables", mixinStandardHelpOptions = true, description = "Compares ways to train on tables.")
public final class BenchTables implements Callable<Integer> {
    /** Of the job's random numbers. */
    private static final int SEED = 1;

    @Option(names = "--data", required = true, description = "What is made up, or the name of what is in --dir.")
    private String data;

    @Option(names = "--label", required = true, description = "The column of the class, one of two.")
    private String label;

    @Option(names = "--dir", required = true, description = "Where DATA-train.csv and DATA-test.csv are or come to be.")
    private Path folder;

    @Parameters(arity = "1..*", description = "What trains: ${COMPLETION-CANDIDATES}.")
    private List<Way> ways = List.of(Way.LOCKSTEP);

    private final PrintStream out;

    BenchTables(PrintStream out) {
        this.out = out;
    }

    /** What trains. */
    enum Way {
        LOCKSTEP("Lockstep, job of `init`"),
        LOGISTIC("MLlib logistic regression"),
        PERCEPTRON("MLlib perceptron 64-64"),
        TREES("MLlib GBT"),
        XGBOOST("XGBoost4J-Spark");

        private final String shown;

        Way(String shown) {
            this.shown = shown;
        }
    }

    /**
     * A row of the test.
     *
     * @param right whether the predicted class is its class
     * @param score greater, the more probable the second class is
     * @param second whether it is of the second class
     */
    record Scored(boolean right, double score, boolean second) {}

    /** Prints one row. */
    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new BenchTables(System.out)).setCaseInsensitiveEnumValuesAllowed(true);
        System.exit(command.execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        MadeUpTables.write(folder, data);
        Path train = folder.resolve(data + "-train.csv");
        Path test = folder.resolve(data + "-test.csv");
        try (SparkSession spark = SparkSession.builder().getOrCreate()) {
            // What every way needs before its first row is not timed.
            long rows =
                    spark.read().option("header", true).csv(train.toString()).count();
            for (Way way : ways) {
                Trained trained = trained(spark, way, train, test);
                out.printf(
                        Locale.ROOT,
                        "| %s | %,d | %s | %.4f | %.4f | %.1f | %.1f |%n",
                        data,
                        rows,
                        way.shown,
                        trained.scored().stream().filter(Scored::right).count()
                                / (double) trained.scored().size(),
                        area(trained.scored()),
                        trained.seconds(),
                        trained.processorSeconds());
            }
        }
        return 0;
    }

    /**
     * What came of a way.
     *
     * @param scored the rows of the test
     */
    private record Trained(List<Scored> scored, double seconds, double processorSeconds) {}

    private Trained trained(SparkSession spark, Way way, Path train, Path test) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long processorNanos = system.getProcessCpuTime();
        long startNanos = System.nanoTime();
        Supplier<List<Scored>> scored;
        if (way == Way.LOCKSTEP) {
            SavedModel model = ours(spark, train);
            scored = () -> scored(spark, model, test);
        } else {
            RivalPipelines.Fitted fitted = new RivalPipelines(spark, label).fit(way, train);
            scored = () -> fitted.scored(test);
        }
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        double processorSeconds = (system.getProcessCpuTime() - processorNanos) / 1e9;
        return new Trained(scored.get(), seconds, processorSeconds);
    }

    private SavedModel ours(SparkSession spark, Path train) {
        SourceSpec source = SourceSpec.ofPath(train.toString());
        List<String> draft = JobDraft.lines(TableProfile.of(Tables.of(spark), source), source, label, "unused");
        JobSpec job = JobFile.parse(String.join("\n", draft), "bench-tables", List.of("train.seed=" + SEED));
        return new TrainingJob(spark, job, new TrainingListener() {}).run().model();
    }

    private List<Scored> scored(SparkSession spark, SavedModel model, Path test) {
        List<String> classes = model.description().classes();
        DataSchema schema = DataSchema.of(model.description());
        PredictionInput input = PredictionInput.open(spark, SourceSpec.ofPath(test.toString()), schema);
        Dataset<Row> predicted = TablePrediction.of(spark, input, model, 0);
        List<Scored> scored = new ArrayList<>();
        for (Row row : predicted.collectAsList()) {
            String expected = row.getAs(label).toString();
            float probability = row.getAs("probability_" + classes.get(1));
            scored.add(new Scored(
                    expected.equals(row.getAs("prediction").toString()), probability, expected.equals(classes.get(1))));
        }
        return scored;
    }

    /** The share of pairs of both classes that stand in the right order; ties count half. */
    static double area(List<Scored> scored) {
        List<Scored> sorted = new ArrayList<>(scored);
        sorted.sort(Comparator.comparingDouble(Scored::score));
        double pairs = 0;
        long firsts = 0;
        int from = 0;
        while (from < sorted.size()) {
            int to = from;
            long first = 0;
            while (to < sorted.size()
                    && sorted.get(to).score() == sorted.get(from).score()) {
                first += sorted.get(to).second() ? 0 : 1;
                to++;
            }
            pairs += (to - from - first) * (firsts + first / 2.0);
            firsts += first;
            from = to;
        }
        return pairs / (firsts * (double) (scored.size() - firsts));
    }
}
