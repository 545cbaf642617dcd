package dev.lockstep.spark.bench;

import ai.onnxruntime.OrtException;
import com.sun.management.OperatingSystemMXBean;
import dev.lockstep.nn.onnx.OnnxExport;
import dev.lockstep.spark.ml.NeuralNetworkClassificationModel;
import dev.lockstep.spark.ml.NeuralNetworkClassifier;
import dev.lockstep.spark.predict.LockstepFunctions;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Rows a second that models score on executors, as a Markdown table: {@code scripts/bench-scoring}. */
@Command(
        name = "bench-scoring",
        mixinStandardHelpOptions = true,
        description = "Times transform beside MLlib's perceptron and ONNX Runtime, on the same rows.")
public final class ScoringSpeed implements Callable<Integer> {
    private static final int PARTITIONS = 4;

    @Option(
            names = "--layers",
            split = ";",
            defaultValue = "4,16,3;100,64,10;784,256,128,10",
            description = "Networks.")
    private List<String> networks;

    @Option(names = "--floats", defaultValue = "16000000", description = "Features of all rows together.")
    private long floats;

    @Option(names = "--turns", defaultValue = "3", description = "Turns after one that warms up; the median counts.")
    private int turns;

    private final PrintStream out;

    ScoringSpeed(PrintStream out) {
        this.out = out;
    }

    /** Prints the table. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ScoringSpeed(System.out)).execute(arguments));
    }

    @Override
    public Integer call() throws OrtException {
        SparkSession spark = SparkSession.builder().appName("bench-scoring").getOrCreate();
        out.println("| network | rows | transform | two columns | SQL function | MLlib | ONNX Runtime "
                + "| transform / MLlib | two columns / ONNX Runtime |");
        out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (String network : networks) {
            int[] layers = Arrays.stream(network.split(","))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            measure(spark, layers);
        }
        return 0;
    }

    private void measure(SparkSession spark, int[] layers) throws OrtException {
        long count = Math.min(1_000_000, floats / layers[0]);
        Dataset<Row> rows = rows(spark, count, layers).persist(StorageLevel.MEMORY_ONLY());
        rows.count();
        Dataset<Row> some = rows.limit(2_000).cache();
        NeuralNetworkClassificationModel model = new NeuralNetworkClassifier()
                .setLayers(layers)
                .setActivation("sigmoid")
                .setMaxIter(1)
                .fit(some);
        LockstepFunctions.register(spark, "scored", model.savedModel());
        var perceptron = new MultilayerPerceptronClassifier()
                .setLayers(layers)
                .setMaxIter(1)
                .fit(some);
        OnnxScoring onnx = new OnnxScoring(
                OnnxExport.of(model.savedModel(), OnnxExport.OPSET), layers[0], layers[layers.length - 1]);
        Map<String, Dataset<Row>> ways = new LinkedHashMap<>();
        ways.put("transform", model.transform(rows));
        NeuralNetworkClassificationModel asOnnx = model.copy(ParamMap.empty());
        asOnnx.setRawPredictionCol("");
        ways.put("two", asOnnx.transform(rows));
        ways.put("function", rows.selectExpr("*", "scored(features) as predicted"));
        ways.put("perceptron", perceptron.transform(rows));
        ways.put("onnx", rows.mapPartitions(onnx, Encoders.row(OnnxScoring.schema(rows.schema()))));
        Map<String, List<Taken>> taken = new LinkedHashMap<>();
        for (int turn = 0; turn <= turns; turn++) {
            for (Map.Entry<String, Dataset<Row>> way : ways.entrySet()) {
                Taken one = Taken.by(way.getValue());
                if (turn > 0) {
                    taken.computeIfAbsent(way.getKey(), none -> new ArrayList<>())
                            .add(one);
                }
            }
        }
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "| %s | %,d |",
                IntStream.of(layers).mapToObj(String::valueOf).collect(Collectors.joining("-")),
                count));
        taken.forEach((way, all) -> line.append(String.format(
                Locale.ROOT, " %,.0f (%.2f) |", count / Taken.median(all), 1e6 * Taken.least(all) / count)));
        for (List<String> pair : List.of(List.of("transform", "perceptron"), List.of("two", "onnx"))) {
            List<Taken> own = taken.get(pair.get(0));
            List<Taken> other = taken.get(pair.get(1));
            line.append(String.format(
                    Locale.ROOT,
                    " %.2f (%.2f) |",
                    Taken.median(other) / Taken.median(own),
                    Taken.least(other) / Taken.least(own)));
        }
        out.println(line);
        some.unpersist();
        rows.unpersist();
    }

    /**
     * What a turn took.
     *
     * @param seconds from its begin to its end
     * @param processorSeconds of all threads
     */
    private record Taken(double seconds, double processorSeconds) {
        static Taken by(Dataset<Row> scored) {
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long processor = system.getProcessCpuTime();
            long start = System.nanoTime();
            scored.write().format("noop").mode("overwrite").save();
            return new Taken((System.nanoTime() - start) / 1e9, (system.getProcessCpuTime() - processor) / 1e9);
        }

        static double median(List<Taken> all) {
            return all.stream().mapToDouble(Taken::seconds).sorted().toArray()[all.size() / 2];
        }

        static double least(List<Taken> all) {
            return all.stream().mapToDouble(Taken::processorSeconds).min().orElseThrow();
        }
    }

    /** Vectors of numbers from 0 to 1, and labels that are all there. */
    private static Dataset<Row> rows(SparkSession spark, long count, int[] layers) {
        Column random = org.apache.spark.sql.functions.expr(
                "transform(sequence(1, " + layers[0] + "), i -> pmod(xxhash64(id, i), 1000) / 1000)");
        return spark.range(0, count, 1, PARTITIONS)
                .select(
                        functions.array_to_vector(random).as("features"),
                        org.apache
                                .spark
                                .sql
                                .functions
                                .expr("pmod(id, " + layers[layers.length - 1] + ")")
                                .cast(DataTypes.DoubleType)
                                .as("label"));
    }
}
