package dev.lockstep.spark.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.train.TrainingJob;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains on rows that are mostly 0, from a LibSVM file to a model, and prints what it took as a row of a Markdown
 * table: {@code scripts/bench-sparse}.
 */
@Command(name = "bench-sparse", mixinStandardHelpOptions = true, description = "Times training on sparse rows.")
public final class BenchSparse implements Callable<Integer> {
    private static final int BATCH = 512;
    /** As LibSVM files are read. */
    private static final String FEATURES = "features";

    private static final int CORES = 2;

    /** What trains. */
    enum Way {
        /** Softmax regression by this library. */
        LINEAR,
        /** A hidden layer of 16 by this library. */
        HIDDEN,
        /** MLlib's logistic regression, which reads the file as spark.ml does. */
        MLLIB,
        /** XGBoost4J-Spark on the same vectors. */
        XGBOOST
    }

    @Option(names = "--rows", defaultValue = "200000", description = "Rows to train on; a tenth as many to test on.")
    private int rows;

    @Option(names = "--features", defaultValue = "20000", description = "Features.")
    private int features;

    @Option(names = "--entries", defaultValue = "30", description = "Features of a row that are not 0.")
    private int entries;

    @Option(names = "--way", defaultValue = "LINEAR", description = "What trains: ${COMPLETION-CANDIDATES}.")
    private Way way = Way.LINEAR;

    @Option(names = "--dir", required = true, description = "Where the rows are, or are written if they are not there.")
    private Path folder;

    private final PrintStream out;

    BenchSparse(PrintStream out) {
        this.out = out;
    }

    /** Prints one row. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchSparse(System.out)).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path train = written("train", rows, 1);
        Path test = written("test", rows / 10, 2);
        HeapWatch heap = HeapWatch.start();
        try (SparkSession spark = SparkSession.builder().getOrCreate()) {
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long processorNanos = system.getProcessCpuTime();
            long startNanos = System.nanoTime();
            double accuracy =
                    switch (way) {
                        case LINEAR, HIDDEN -> ours(spark, train, test);
                        case MLLIB -> mllib(spark, train, test);
                        case XGBOOST -> xgboost(spark, train, test);
                    };
            out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %.1f | %.1f | %.0f | %.4f |%n",
                    way.name().toLowerCase(Locale.ROOT),
                    rows,
                    features,
                    (System.nanoTime() - startNanos) / 1e9,
                    (system.getProcessCpuTime() - processorNanos) / 1e9,
                    heap.megabytes(),
                    accuracy);
        }
        return 0;
    }

    /** Rows whose features are more frequent the lower their number is; the label is the sign of a noisy product. */
    private Path written(String name, int count, long seed) throws IOException {
        Path file = folder.resolve(String.format("%s-%d-%d-%d.svm", name, count, features, entries));
        if (Files.exists(file)) {
            return file;
        }
        Files.createDirectories(folder);
        SplittableRandom random = new SplittableRandom(seed);
        int[] indexes = new int[entries];
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int row = 0; row < count; row++) {
                for (int i = 0; i < entries; i++) {
                    double place = random.nextDouble();
                    indexes[i] = (int) (place * place * place * features);
                }
                Arrays.sort(indexes);
                double sum = random.nextDouble() * 2 - 1;
                StringBuilder line = new StringBuilder();
                for (int i = 0; i < entries; i++) {
                    if (i > 0 && indexes[i] == indexes[i - 1]) {
                        continue;
                    }
                    int tenths = 1 + random.nextInt(20);
                    sum += (new SplittableRandom(indexes[i]).nextDouble() - 0.5) * tenths / 10;
                    line.append(' ').append(indexes[i] + 1).append(':').append(tenths / 10.0);
                }
                writer.append(sum > 0 ? "1" : "0").append(line).append('\n');
            }
        }
        return file;
    }

    private double ours(SparkSession spark, Path train, Path test) {
        String hidden = way == Way.HIDDEN ? "{dense: {units: 16, activation: relu}}, " : "";
        String job = """
                data:
                  train: {path: "%s", format: libsvm, features: %d}
                  test: "%s"
                model: {layers: [%s{dense: 2}], loss: crossEntropy}
                optimizer: {adam: {learningRate: 5e-3}}
                train: {epochs: 2, batchSize: %d, seed: 1}
                output: {dir: unused}
                """.formatted(train, features, test, hidden, BATCH);
        TrainingJob.Result result =
                new TrainingJob(spark, JobFile.parse(job, "bench-sparse", List.of()), new TrainingListener() {}).run();
        return Objects.requireNonNull(result.measures()).value();
    }

    private double mllib(SparkSession spark, Path train, Path test) {
        return accuracy(
                new LogisticRegression().setMaxIter(20).fit(read(spark, train)).transform(read(spark, test)));
    }

    private double xgboost(SparkSession spark, Path train, Path test) {
        Model<?> model = (Model<?>) XgBoost.ofSparse("label", FEATURES, CORES)
                .fit(read(spark, train).repartition(CORES));
        return accuracy(model.transform(XgBoost.dense(read(spark, test), FEATURES)));
    }

    private static double accuracy(Dataset<Row> predicted) {
        return predicted
                .select(functions.avg(functions
                        .col("label")
                        .equalTo(functions.col("prediction"))
                        .cast("double")))
                .head()
                .getDouble(0);
    }

    private Dataset<Row> read(SparkSession spark, Path file) {
        return spark.read()
                .format("libsvm")
                .option("numFeatures", String.valueOf(features))
                .load(file.toString());
    }
}
