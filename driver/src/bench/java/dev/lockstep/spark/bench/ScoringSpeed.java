package dev.lockstep.spark.bench;

import ai.onnxruntime.OrtException;
import dev.lockstep.nn.onnx.OnnxExport;
import dev.lockstep.spark.ml.NeuralNetworkClassificationModel;
import dev.lockstep.spark.ml.NeuralNetworkClassifier;
import dev.lockstep.spark.predict.LockstepFunctions;
import java.io.PrintStream;
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
        out.println("| network | rows | transform | SQL function | MLlib | ONNX Runtime | transform / better |");
        out.println("| --- | --- | --- | --- | --- | --- | --- |");
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
        ways.put("function", rows.selectExpr("*", "scored(features) as predicted"));
        ways.put("perceptron", perceptron.transform(rows));
        ways.put("onnx", rows.mapPartitions(onnx, Encoders.row(OnnxScoring.schema(rows.schema()))));
        Map<String, Double> speed = new LinkedHashMap<>();
        ways.forEach((way, scored) -> speed.put(way, 0.0));
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        for (int turn = 0; turn <= turns; turn++) {
            for (Map.Entry<String, Dataset<Row>> way : ways.entrySet()) {
                double taken = seconds(way.getValue());
                if (turn > 0) {
                    seconds.computeIfAbsent(way.getKey(), none -> new ArrayList<>())
                            .add(taken);
                }
            }
        }
        seconds.forEach((way, all) -> speed.put(way, count / median(all)));
        out.printf(
                Locale.ROOT,
                "| %s | %,d | %,.0f | %,.0f | %,.0f | %,.0f | %.2f |%n",
                IntStream.of(layers).mapToObj(String::valueOf).collect(Collectors.joining("-")),
                count,
                speed.get("transform"),
                speed.get("function"),
                speed.get("perceptron"),
                speed.get("onnx"),
                speed.get("transform") / Math.max(speed.get("perceptron"), speed.get("onnx")));
        some.unpersist();
        rows.unpersist();
    }

    private static double seconds(Dataset<Row> scored) {
        long start = System.nanoTime();
        scored.write().format("noop").mode("overwrite").save();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
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
