package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.nn.io.CheckpointFiles;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on whole jobs, on a real Spark in this JVM. */
class JobsTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path EXAMPLES = PROJECT.resolve("conf/examples");
    private static final Pattern LAST_LINE = Pattern.compile("model (.+) sha256 ([0-9a-f]{64})");
    private static SparkSession spark;

    @TempDir
    Path temporary;

    @BeforeAll
    static void start() {
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", false)
                .config("spark.sql.shuffle.partitions", 2)
                .getOrCreate();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    /** An example's job file, its paths made absolute, as the tests run in another directory. */
    private Path example(String name) throws IOException {
        String text = Files.readString(EXAMPLES.resolve(name + ".yaml"));
        return Files.writeString(temporary.resolve(name + ".yaml"), text.replace("conf/examples/", EXAMPLES + "/"));
    }

    private CommandLineRun train(Path job, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                job.toString(),
                "--set",
                "output.dir=" + temporary.resolve("model"),
                "--set",
                "train.epochs=2"));
        for (String setting : settings) {
            arguments.addAll(setting.startsWith("--") ? List.of(setting) : List.of("--set", setting));
        }
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private void fails(Path job, String message, String... settings) {
        CommandLineRun run = train(job, settings);
        assertThat(run.err().lines().filter(line -> !line.startsWith("training ") && !line.startsWith("epoch ")))
                .containsExactly("error: " + message);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "libsvm", "parquet", "idx", "text"})
    void everyExampleTrains(String name) throws IOException {
        boolean averages = name.equals("idx");
        CommandLineRun run = train(example(name), averages ? "sync.mode=averaging" : "sync.transport=allreduce");
        assertThat(run.err()).doesNotContain("error").contains("epoch 2/2  step ");
        assertThat(run.code()).isZero();
        assertThat(run.out()).matches(LAST_LINE.pattern() + "\n");
        SavedModel model = ModelFiles.load(new LocalDirectory(temporary.resolve("model")));
        assertThat(run.out())
                .isEqualTo("model " + temporary.resolve("model") + " sha256 " + ModelFiles.sha256(model.parameters())
                        + "\n");

        List<String> metrics = Files.readAllLines(temporary.resolve("model/metrics.jsonl"));
        assertThat(metrics).hasSize(2);
        JsonNode last = new ObjectMapper().readTree(metrics.get(1));
        String score = name.equals("parquet") ? "rmse" : "accuracy";
        List<String> expected = new ArrayList<>(List.of(
                "epoch",
                "step",
                "loss",
                score,
                "validationLoss",
                "validation" + Character.toUpperCase(score.charAt(0)) + score.substring(1),
                "learningRate",
                "seconds",
                "rowsPerSecond",
                "bytesSent"));
        if (!averages) {
            expected.addAll(List.of("computeSeconds", "copySeconds", "waitSeconds"));
        }
        assertThat(last.fieldNames()).toIterable().containsExactlyElementsOf(expected);
        assertThat(last.get("epoch").asInt()).isEqualTo(2);
        assertThat(last.get("bytesSent").asLong()).isPositive();

        // Without test rows, the part of the training rows that was set aside: the last epoch's figures again.
        CommandLineRun evaluated = CommandLineRun.of(
                "evaluate",
                temporary.resolve("model").toString(),
                "--job",
                temporary.resolve(name + ".yaml").toString(),
                "--json");
        assertThat(evaluated.err()).isEmpty();
        JsonNode measured = new ObjectMapper().readTree(evaluated.out());
        assertThat(measured.get("data").asText()).isEqualTo("validation");
        assertThat(measured.get("loss").asDouble())
                .isEqualTo(last.get("validationLoss").asDouble());
        assertThat(measured.get(score).asDouble())
                .isEqualTo(last.get(expected.get(5)).asDouble());
        assertThat(measured.has(score.equals("accuracy") ? "confusion" : "r2")).isTrue();

        // The resolved job that lies with the model gives the same model.
        CommandLineRun again = CommandLineRun.of(
                "train",
                temporary.resolve("model/job.json").toString(),
                "--set",
                "output.dir=" + temporary.resolve("again"));
        assertThat(again.out()).isEqualTo(run.out().replace("/model ", "/again "));
    }

    @Test
    void fromWordsToWords() throws IOException {
        Path job = example("csv");
        CommandLineRun run = train(job, "train.epochs=30", "data.test=" + EXAMPLES + "/data/flowers.csv");
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("test rows 150 loss 0\\.[0-9]{4} accuracy (0\\.9[0-9]{3}|1\\.0000)");
        CommandLineRun evaluated = CommandLineRun.of(
                "evaluate",
                temporary.resolve("model").toString(),
                "--job",
                job.toString(),
                "--set",
                "data.test=" + EXAMPLES + "/data/flowers.csv");
        assertThat(evaluated.out().lines()).hasSize(2).first().isEqualTo(lines.get(0));
        assertThat(evaluated.out().lines().toList().get(1))
                .matches("test logLikelihood -0.* brierScore 0.* expectedCalibrationError 0.* predictiveEntropy 0.*");

        CommandLineRun predicted = CommandLineRun.of(
                "predict",
                temporary.resolve("model").toString(),
                "--input",
                EXAMPLES + "/data/flowers.csv",
                "--output",
                temporary.resolve("out").toString());
        assertThat(predicted.err()).isEmpty();
        List<String> rows = new ArrayList<>();
        try (Stream<Path> files = Files.list(temporary.resolve("out"))) {
            for (Path part : files.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .toList()) {
                List<String> own = Files.readAllLines(part);
                rows.addAll(own.subList(Math.min(1, own.size()), own.size()));
            }
        }
        List<String> input = Files.readAllLines(EXAMPLES.resolve("data/flowers.csv"));
        assertThat(rows).hasSize(150);
        int right = 0;
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i)).startsWith(input.get(i + 1) + ",");
            String[] cells = rows.get(i).split(",");
            assertThat(cells[6]).isIn("alba", "nigra", "rubra");
            right += cells[6].equals(cells[5]) ? 1 : 0;
        }
        assertThat(lines.get(0)).endsWith(String.format("accuracy %.4f", right / 150.0));
    }

    @Test
    void anEarlierRunIsReplacedOnlyOnDemand() throws IOException {
        Path job = example("csv");
        CommandLineRun first = train(job);
        fails(
                job,
                job + ": output.dir: " + temporary.resolve("model/model.json")
                        + " is there from an earlier run; --overwrite replaces it, --set output.dir=DIR spares it");
        assertThat(train(job, "--overwrite").out()).isEqualTo(first.out());
        CommandLineRun other = train(job, "--overwrite", "train.seed=2");
        assertThat(other.code()).isZero();
        assertThat(other.out()).isNotEqualTo(first.out());
    }

    /** A job that cannot begin costs nothing of what it was to replace. */
    @Test
    void anEarlierRunIsReplacedOnlyOnceTheJobIsKnownToFit() throws IOException {
        Path job = example("csv");
        String checkpoints = "checkpoint.every.epochs=1";
        CommandLineRun first = train(job, checkpoints);
        assertThat(first.code()).isZero();
        Map<Path, ByteBuffer> before = files(temporary.resolve("model"));
        assertThat(before).hasSizeGreaterThan(6);
        for (String wrong : List.of(
                "data.train.path=" + temporary.resolve("none.csv"),
                "model.layers.1.dense=2",
                "data.train.features=[none]")) {
            assertThat(train(job, checkpoints, "--overwrite", wrong).err()).contains("error: ");
            assertThat(files(temporary.resolve("model"))).as(wrong).isEqualTo(before);
        }
        assertThat(train(job, checkpoints, "--overwrite").out()).isEqualTo(first.out());
    }

    private static Map<Path, ByteBuffer> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            Map<Path, ByteBuffer> contents = new TreeMap<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, ByteBuffer.wrap(Files.readAllBytes(file)));
            }
            return contents;
        }
    }

    @Test
    void anUnfinishedRunIsGoneOnWith() throws IOException {
        Path job = example("csv");
        String checkpoints = "checkpoint={every: {epochs: 1}, keep: 10}";
        CommandLineRun whole = train(job, checkpoints, "train.epochs=3");
        Path model = temporary.resolve("model");
        List<String> metrics = Files.readAllLines(model.resolve("metrics.jsonl"));
        fails(
                job,
                job + ": output.dir: " + model.resolve("model.json")
                        + " is there from an earlier run; --overwrite replaces it, --set output.dir=DIR spares it",
                checkpoints,
                "train.epochs=3");

        Files.delete(model.resolve("model.json"));
        LocalDirectory directory = new LocalDirectory(model.resolve("checkpoints"));
        long last = CheckpointFiles.steps(directory).get(0);
        CheckpointFiles.delete(directory, last);
        CommandLineRun resumed = train(job, checkpoints, "train.epochs=3");
        assertThat(resumed.out()).isEqualTo(whole.out());
        assertThat(resumed.err())
                .contains("going on from a checkpoint: 2 epochs, " + last / 3 * 2 + " steps are trained\n")
                .doesNotContain("epoch 2/3")
                .contains("epoch 3/3");
        List<String> metricsAfter = Files.readAllLines(model.resolve("metrics.jsonl"));
        assertThat(metricsAfter).hasSize(3).startsWith(metrics.get(0), metrics.get(1));

        // Dead after training, before the model was complete.
        Files.delete(model.resolve("model.json"));
        assertThat(train(job, checkpoints, "train.epochs=3").out()).isEqualTo(whole.out());
        assertThat(Files.readAllLines(model.resolve("metrics.jsonl"))).isEqualTo(metricsAfter);

        Files.delete(model.resolve("model.json"));
        CommandLineRun other = train(job, checkpoints, "train.epochs=3", "train.seed=9");
        assertThat(other.err())
                .contains("error: ", "the checkpoint belongs to another job: train.seed is 0 there, 9 here")
                .endsWith(". --overwrite begins anew, --set output.dir=DIR spares it\n");
        String elsewhere = "checkpoint.dir=" + model.resolve("checkpoints");
        assertThat(train(job, checkpoints, elsewhere, "train.epochs=3", "train.seed=9")
                        .err())
                .endsWith(". --overwrite begins anew, --set checkpoint.dir=DIR spares it\n");
        // Refused, they have left nothing that would lock out the right job.
        assertThat(train(job, checkpoints, "train.epochs=3").out()).isEqualTo(whole.out());
        Files.delete(model.resolve("model.json"));
        CommandLineRun anew = train(job, checkpoints, "train.epochs=3", "--overwrite");
        assertThat(anew.out()).isEqualTo(whole.out());
        assertThat(anew.err()).doesNotContain("going on").contains("epoch 1/3");
    }

    /**
     * Interrupted, here by an error, before there was a checkpoint: whether the job is the same is known all the same.
     */
    @Test
    void anUnfinishedRunWithoutCheckpointsIsBegunAnew() throws IOException {
        Path job = example("csv");
        String diverges = "optimizer={sgd: {learningRate: 3e38}}";
        assertThat(train(job, diverges).err()).contains("error: ").doesNotContain("begun anew");
        assertThat(temporary.resolve("model/metrics.jsonl")).exists();
        assertThat(train(job, diverges).err())
                .contains("an unfinished run of this job is begun anew")
                .contains("error: ");
        assertThat(train(job, diverges, "train.seed=9").err())
                .contains("error: " + temporary.resolve("model/unfinished.fingerprint")
                        + ": the unfinished run belongs to another job: train.seed is 0 there, 9 here; ");
        Files.write(temporary.resolve("model/unfinished.fingerprint"), new byte[] {0, 0, 0, 9, 1});
        assertThat(train(job, diverges).err())
                .contains("unfinished.fingerprint: the bytes end inside a setting: 5, so whose unfinished run this is");
        assertThat(train(job, "--overwrite").code()).isZero();
        assertThat(temporary.resolve("model/unfinished.fingerprint")).doesNotExist();
    }

    @Test
    void badRowsAreOneLine() throws IOException {
        Path job = example("csv");
        List<String> rows = Files.readAllLines(EXAMPLES.resolve("data/flowers.csv"));
        Path bad = temporary.resolve("bad.csv");
        String path = "data.train.path=" + bad;

        rows.set(7, "1.0,2.0,NaN,0.3,1,alba");
        Files.write(bad, rows);
        fails(job, bad + ": row 6, column \"stem\": expected a finite number, got NaN", path);
        rows.set(7, "1.0,2.0,3.0,0.3,alba");
        Files.write(bad, rows);
        fails(job, bad + ": row 6, expected 6 fields, got 5", path);
        fails(
                job,
                temporary.resolve("none.csv") + ": no such file",
                "data.train.path=" + temporary.resolve("none.csv"));
    }

    @Test
    void whatDoesNotFitTogetherIsOneLine() throws IOException {
        Path job = example("libsvm");
        fails(job, "crossEntropy: the network's output is [2], the data has 3 classes", "model.layers.1.dense=2");
        fails(job, "model.layers: none of them has parameters, so there is nothing to train", "model.layers=[softmax]");
        CommandLineRun lone = train(
                job,
                "model.layers=[batchNorm, {dense: 3}]",
                "train.batchSize=8",
                "data.shards=8",
                "output.dir=" + temporary.resolve("lone"));
        assertThat(lone.err()).contains("note: batchNorm with statistics: shard has one row a step to normalise");
        assertThat(lone.err()).doesNotContain("is less than data.shards");
        CommandLineRun sparse =
                train(job, "train.batchSize=4", "data.shards=8", "output.dir=" + temporary.resolve("sparse"));
        assertThat(sparse.err()).contains("note: train.batchSize 4 is less than data.shards 8: all shards give a row");
        CommandLineRun run = train(example("parquet"), "optimizer={sgd: {learningRate: 3e38}}");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines().filter(line -> line.startsWith("error: ")))
                .singleElement()
                .asString()
                .contains("dense_2.bias is not finite", "after step 1", "learning rate");
        assertThat(Arrays.asList(temporary.resolve("model").toFile().list())).doesNotContain("model.json");
    }

    /** Parameters of 6.4 GB: an error of the JVM, not an exception. */
    @Test
    void tooLargeForTheHeapIsOneLine() throws IOException {
        fails(
                example("libsvm"),
                "out of memory (Java heap space); --driver-memory gives more",
                "model.layers.0.dense.units=200000000");
    }

    /** The class is the last valid step's number; what stands behind it is noise. */
    @Test
    void stepsBehindARowsLengthAreNotSeen() throws IOException {
        List<String> lines = new ArrayList<>(List.of("a,b,c,n,y"));
        for (int i = 0; i < 300; i++) {
            int length = i % 3 + 1;
            int[] steps = {i / 3 % 2, i / 6 % 2, i / 12 % 2};
            int label = steps[length - 1];
            for (int j = length; j < 3; j++) {
                steps[j] = 1 - label;
            }
            lines.add(steps[0] + "," + steps[1] + "," + steps[2] + "," + length + "," + label);
        }
        Path rows = Files.write(temporary.resolve("steps.csv"), lines);
        Path job = Files.writeString(temporary.resolve("steps.yaml"), """
                data: {train: {path: "%s", label: y, length: n, shape: [3, 1]}, shards: 2}
                model: {layers: [{gru: 8}, {dense: 2}], loss: crossEntropy}
                optimizer: {adam: {learningRate: 0.02}}
                train: {batchSize: 30}
                output: {dir: unused}
                """.formatted(rows));
        assertThat(train(job, "train.epochs=20").code()).isZero();
        Path predictions = temporary.resolve("predictions");
        CommandLineRun run = CommandLineRun.of(
                "predict",
                temporary.resolve("model").toString(),
                "--input",
                rows.toString(),
                "--output",
                predictions.toString(),
                "--output-format",
                "csv");
        assertThat(run.err()).doesNotContain("error");
        List<Row> predicted =
                spark.read().option("header", true).csv(predictions.toString()).collectAsList();
        assertThat(predicted).hasSize(300).allSatisfy(row -> assertThat(row.<String>getAs("prediction"))
                .isEqualTo(row.<String>getAs("y")));
    }

    /**
     * An ensemble with dropout learns y = 100 + 50 x with noise; what it is not sure of is where there were no rows.
     */
    @Test
    void anEnsembleSaysHowSureItIs() throws IOException {
        Random random = new Random(1);
        List<String> lines = new ArrayList<>(List.of("x,y"));
        for (int i = 0; i < 400; i++) {
            double x = random.nextDouble() * 2 - 1;
            lines.add(x + "," + (100 + 50 * x + 5 * random.nextGaussian()));
        }
        Path rows = Files.write(temporary.resolve("line.csv"), lines);
        Path job = Files.writeString(temporary.resolve("line.yaml"), """
                data: {train: {path: "%s", label: y}, validation: 0.25, scaleTarget: standardise, shards: 3}
                model:
                  layers: [{dense: {units: 20, activation: tanh}}, {dropout: 0.05}, {dense: 2}]
                  loss: gaussianNll
                  ensemble: 3
                optimizer: {adam: {learningRate: 0.01}}
                train: {batchSize: 50}
                output: {dir: unused}
                """.formatted(rows));
        assertThat(train(job, "train.epochs=60").code()).isZero();
        String model = temporary.resolve("model").toString();
        CommandLineRun evaluated =
                CommandLineRun.of("evaluate", model, "--job", job.toString(), "--samples", "10", "--json");
        JsonNode figures = SpecMapper.json().readTree(evaluated.out());
        assertThat(figures.get("rmse").asDouble()).isBetween(3.5, 7.0);
        assertThat(figures.get("coverage").asDouble()).isBetween(0.85, 1.0);
        assertThat(figures.get("logLikelihood").asDouble()).isBetween(-3.6, -2.7);
        Path asked = Files.write(temporary.resolve("asked.csv"), List.of("x", "0", "30"));
        Path predictions = temporary.resolve("predictions");
        CommandLineRun run = CommandLineRun.of(
                "predict", model, "--input", asked.toString(), "--output", predictions.toString(), "--samples", "20");
        assertThat(run.err()).doesNotContain("error");
        List<Row> predicted = spark.read()
                .option("header", true)
                .option("inferSchema", true)
                .csv(predictions.toString())
                .collectAsList();
        Row near = predicted.get(0);
        Row far = predicted.get(1);
        assertThat(near.<Double>getAs("prediction")).isBetween(94.0, 106.0);
        assertThat(near.<Double>getAs("lower95")).isBetween(80.0, 96.0);
        assertThat(near.<Double>getAs("upper95")).isBetween(104.0, 120.0);
        assertThat(far.<Double>getAs("epistemicDeviation")).isGreaterThan(2 * near.<Double>getAs("epistemicDeviation"));
        double deviation = near.<Double>getAs("standardDeviation");
        assertThat(Math.hypot(near.getAs("aleatoricDeviation"), near.getAs("epistemicDeviation")))
                .isCloseTo(deviation, within(1e-3));
    }
}
