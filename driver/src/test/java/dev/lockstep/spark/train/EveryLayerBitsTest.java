package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of layer, written in a job file, trains to the same bits on one core and on three, from one file and from
 * several.
 */
@Tag("long")
class EveryLayerBitsTest {
    /** A network by name: shape of the twelve features, layers but the last. */
    private static final Map<String, Network> NETWORKS = Map.of(
            "images",
            new Network(
                    "[3, 4, 1]",
                    "{conv2d: {filters: 5, kernel: 2, padding: same, activation: relu}}, batchNorm, {maxPool2d: 2},"
                            + " {averagePool2d: 1}, flatten, {dropout: 0.1}"),
            "signals",
            new Network(
                    "[6, 2]",
                    "{conv1d: {filters: 4, kernel: 3, stride: 2}}, leakyRelu, {maxPool1d: 2}, {averagePool1d: 1},"
                            + " globalMaxPool, softplus, softsign"),
            "features",
            new Network(
                    "[12]",
                    "{residual: [{dense: 12}, tanh]}, {concat: [[{dense: 3}, elu], [{dense: 4}, gelu], [{dense: 2},"
                            + " silu]]}, layerNorm, {groupNorm: 3}, sigmoid, {dense: 5}, softmax, {dense: 4},"
                            + " meanAndVariance,"
                            + " {dense: 5}, exponential, {dense: 5}, linear, relu"),
            "variational",
            new Network(
                    "[3, 4, 1]",
                    "{variationalConv2d: {filters: 3, kernel: 2, estimator: flipout}}, relu,"
                            + " {variationalDense: {units: 4, prior: {scaleMixture: {sigma1: 0.5}}}}"),
            "averages",
            new Network("[3, 4]", "{conv1d: {filters: 3, kernel: 2}}, globalAveragePool"),
            "sequences",
            new Network(
                    "[4, 3]",
                    "{rnn: {units: 5, returnSequences: true}}, {gru: {units: 4, returnSequences: true}},"
                            + " {bidirectional: {lstm: {units: 3}}}"),
            "categories",
            new Network(
                    "[12]",
                    "{columnEmbeddings: [{at: 2, categories: 8, units: 3}]}, {concat: [[{columns: {names: [a],"
                            + " features: 14, parts: [{at: 0, size: 6}]}}, {dense: 6}], []]}"),
            "drawn",
            new Network(
                    "[4, 3]",
                    "{variational: {conv1d: {filters: 4, kernel: 2, groups: 1}}}, {dropout: {rate: 0.2, perFeature:"
                            + " true}}, {variational: {layer: {lstm: {units: 4, recurrentDropout: 0.2}}, prior:"
                            + " learned}}"),
            "tokens",
            new Network("[12]", "{embedding: {vocabulary: 9, units: 4}}, {lstm: {units: 5}}"));

    @TempDir
    private Path folder;

    private record Network(String shape, String layers) {
        private String yaml() {
            return "[" + layers + ", {dense: 3}]";
        }
    }

    @Test
    void everyLayerIsInSomeNetwork() {
        TreeSet<String> missing = new TreeSet<>();
        for (Class<?> kind : kinds(LayerSpec.class)) {
            String name = kind.getAnnotation(SpecName.class).value();
            Pattern word = Pattern.compile("\\b" + name + "\\b");
            if (NETWORKS.values().stream()
                    .noneMatch(network -> word.matcher(network.layers()).find())) {
                missing.add(name);
            }
        }
        assertThat(missing).as("layers in no network of the table").isEmpty();
    }

    @Test
    void neitherCoresNorFilesMatter() throws IOException {
        Map<String, String> three = train(3, 4, 8);
        assertThat(three).isEqualTo(train(1, 1, 2));
        NETWORKS.keySet().forEach(name -> assertThat(three.get(name + " " + SmallJob.Mode.ALLREDUCE))
                .as(name)
                .isEqualTo(three.get(name + " " + SmallJob.Mode.GRADIENT)));
    }

    /** SHA-256 of each network's model in each mode. */
    private Map<String, String> train(int cores, int files, int seed) throws IOException {
        Path rows = SmallJob.write(folder, files, seed);
        Path tokens = tokens(rows);
        Map<String, String> models = new HashMap<>();
        try (SparkSession spark = SparkSession.builder()
                .master("local[" + cores + "]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "3")
                .getOrCreate()) {
            NETWORKS.forEach((name, network) -> {
                for (SmallJob.Mode mode :
                        List.of(SmallJob.Mode.GRADIENT, SmallJob.Mode.ALLREDUCE, SmallJob.Mode.AVERAGING)) {
                    JobSpec job = SmallJob.job(
                            (List.of("tokens", "categories").contains(name) ? tokens : rows).toString(),
                            "csv",
                            mode,
                            "data.scale=none",
                            "data.train.shape=" + network.shape(),
                            "model.layers=" + network.yaml(),
                            "train.epochs=1");
                    TrainingJob.Result result = new TrainingJob(spark, job, new TrainingListener() {}).run();
                    models.put(
                            name + " " + mode, ModelFiles.sha256(result.model().parameters()));
                }
            });
        }
        return models;
    }

    /** The rows with their numbers, of three decimals, made into whole numbers from 0 to 8. */
    private static Path tokens(Path rows) throws IOException {
        Path tokens = Files.createDirectory(rows.resolveSibling("tokens-of-" + rows.getFileName()));
        List<Path> files;
        try (var listed = Files.list(rows)) {
            files = listed.toList();
        }
        for (Path file : files) {
            List<String> lines = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                String[] cells = line.split(",");
                for (int i = 0; i < cells.length - 1; i++) {
                    cells[i] = Long.toString(Math.floorMod(Math.round(1000 * Double.parseDouble(cells[i])), 9L));
                }
                lines.add(String.join(",", cells));
            }
            Files.write(tokens.resolve(file.getFileName()), lines);
        }
        return tokens;
    }

    private static List<Class<?>> kinds(Class<?> sealed) {
        List<Class<?>> kinds = new ArrayList<>();
        for (Class<?> kind : sealed.getPermittedSubclasses()) {
            kinds.addAll(kind.isSealed() ? kinds(kind) : List.of(kind));
        }
        return kinds;
    }
}
