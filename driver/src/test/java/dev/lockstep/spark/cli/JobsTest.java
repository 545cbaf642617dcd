package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.report.EpochReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on whole jobs, on a real Spark in this JVM. */
class JobsTest extends ExampleJobs {
    private static final Pattern LAST_LINE = Pattern.compile("model (.+) sha256 ([0-9a-f]{64})");

    @ParameterizedTest
    @ValueSource(strings = {"csv", "libsvm", "parquet", "idx", "text", "columns", "images"})
    void everyExampleTrains(String name) throws IOException {
        boolean averages = name.equals("idx");
        CommandLineRun run = train(example(name), averages ? "sync.mode=averaging" : "sync.transport=allreduce");
        assertThat(run.err()).doesNotContain("error").contains("\nepoch 2/2 ");
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
        List<String> expected = new ArrayList<>(metrics(score));
        if (!name.equals("text")) {
            // A layer that only looks words up has no units that could die.
            expected.add("deadUnits");
        }
        assertThat(last.fieldNames()).toIterable().containsExactlyElementsOf(expected);
        assertThat(last.get("epoch").asInt()).isEqualTo(2);
        assertThat(last.get("bytesSent").asLong()).isPositive();
        evaluatesAs(last, score);
        showsExamples(name);

        // The resolved job that lies with the model gives the same model.
        CommandLineRun again = CommandLineRun.of(
                "train",
                temporary.resolve("model/job.json").toString(),
                "--set",
                "output.dir=" + temporary.resolve("again"));
        assertThat(again.out()).isEqualTo(run.out().replace("/model ", "/again "));
    }

    /** The rows on which the model is worst, as a person sees them. */
    private void showsExamples(String name) throws IOException {
        JsonNode examples = new ObjectMapper()
                .readTree(temporary.resolve("model/examples.json").toFile());
        JsonNode worst = examples.get("worst");
        assertThat(worst.size()).isBetween(1, 12);
        for (int i = 1; i < worst.size(); i++) {
            assertThat(worst.get(i).get("loss").asDouble())
                    .isLessThanOrEqualTo(worst.get(i - 1).get("loss").asDouble());
        }
        String shown =
                switch (name) {
                    case "idx", "images" -> "pixels";
                    case "text" -> "text";
                    case "libsvm" -> "features";
                    default -> "cells";
                };
        assertThat(worst.get(0).path(shown).isMissingNode())
                .as(name + " " + worst.get(0))
                .isFalse();
        assertThat(examples.has("targetSample")).isEqualTo(name.equals("parquet"));
        assertThat(temporary.resolve("model/time.json")).exists();
    }

    /** The keys of a line of metrics. */
    private static List<String> metrics(String score) {
        return List.of(
                "epoch",
                "step",
                "loss",
                score,
                "validationLoss",
                EpochReport.validationName(score),
                "learningRate",
                "seconds",
                "rowsPerSecond",
                "bytesSent",
                "computeSeconds",
                "copySeconds",
                "waitSeconds",
                "gradientNorm",
                "updateRatio");
    }

    /** Without test rows, the validation rows are evaluated: the last epoch's figures again. */
    private void evaluatesAs(JsonNode last, String score) throws IOException {
        // The job beside the model is the one it was trained by.
        CommandLineRun evaluated =
                CommandLineRun.of("evaluate", temporary.resolve("model").toString(), "--json");
        assertThat(evaluated.err()).isEmpty();
        JsonNode measured = new ObjectMapper().readTree(evaluated.out());
        assertThat(measured.get("data").asText()).isEqualTo("validation");
        assertThat(measured.get("loss").asDouble())
                .isEqualTo(last.get("validationLoss").asDouble());
        assertThat(measured.get(score).asDouble())
                .isEqualTo(last.get(EpochReport.validationName(score)).asDouble());
        assertThat(measured.has(score.equals("accuracy") ? "confusion" : "r2")).isTrue();
    }

    /** A temperature that was fitted is part of the model: evaluated again, the same rows have a smaller loss. */
    @Test
    void theTemperatureIsPartOfTheModel() throws IOException {
        CommandLineRun run = train(example("csv"), "train.epochs=4", "train.temperatureScaling=true");
        assertThat(run.err()).contains("train.temperatureScaling: temperature ");
        String directory = temporary.resolve("model").toString();
        assertThat(ModelFiles.load(new LocalDirectory(Path.of(directory)))
                        .description()
                        .decided()
                        .temperature())
                .isNotEqualTo(1);
        List<String> metrics = Files.readAllLines(temporary.resolve("model/metrics.jsonl"));
        double before = new ObjectMapper()
                .readTree(metrics.get(3))
                .get("validationLoss")
                .asDouble();
        String job = temporary.resolve("csv.yaml").toString();
        JsonNode measured = new ObjectMapper()
                .readTree(CommandLineRun.of("evaluate", directory, "--job", job, "--json")
                        .out());
        assertThat(measured.get("loss").asDouble()).isLessThan(before);
        assertThat(measured.get("reliability").size()).isPositive();
        assertThat(CommandLineRun.of("inspect", directory).out()).contains("decision   temperature ");
    }

    /** A mixture of samples is less sure than the network without dropout, and so needs another temperature. */
    @Test
    void theTemperatureFitsTheSamplesThatItIsFor() throws IOException {
        String layers = "model.layers=[{dense: {units: 32, activation: relu}}, {dropout: 0.6}, {dense: 3}]";
        assertThat(mixtureLoss(layers, "train.decisionSamples=30")).isLessThan(mixtureLoss(layers, "train.seed=0"));
    }

    /** Loss of the validation rows by 30 samples. */
    private double mixtureLoss(String... settings) throws IOException {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("--overwrite", "train.epochs=20", "train.temperatureScaling=true"));
        assertThat(train(example("csv"), all.toArray(String[]::new)).err()).contains("temperature ");
        String directory = temporary.resolve("model").toString();
        CommandLineRun run = CommandLineRun.of("evaluate", directory, "--samples", "30", "--json");
        return new ObjectMapper().readTree(run.out()).get("loss").asDouble();
    }

    /** Each class weighs what a third of the rows does. */
    @Test
    void classesAreBalancedByTheTrainingRows() throws IOException {
        train(example("csv"), "train.epochs=1", "model.loss={crossEntropy: {classWeights: balanced}}");
        SavedModel model = ModelFiles.load(new LocalDirectory(temporary.resolve("model")));
        List<Double> factors =
                ((CrossEntropy) model.network().loss()).classWeights().factors();
        double rows = 0;
        for (double factor : factors) {
            rows += 1 / factor;
        }
        assertThat(rows).as("shares of the classes, three times").isCloseTo(3, within(1e-9));
        assertThat(factors).as("a fraction of the rows is set aside").doesNotHaveDuplicates();
    }

    /** A text by a model of texts, without Spark; the seed decides. */
    @Test
    void generatesTheSameTextForTheSameSeed() throws IOException {
        train(example("text"), "train.epochs=1");
        String model = temporary.resolve("model").toString();
        CommandLineRun first = CommandLineRun.of("generate", model, "--length", "40", "--seed", "3", "--top-k", "9");
        assertThat(first.err()).isEmpty();
        assertThat(first.out()).hasSize(42).startsWith("\n").endsWith("\n");
        assertThat(CommandLineRun.of("generate", model, "--length", "40", "--seed", "3", "--top-k", "9")
                        .out())
                .isEqualTo(first.out());
        assertThat(CommandLineRun.of("generate", model, "--length", "40", "--seed", "4", "--top-k", "9")
                        .out())
                .isNotEqualTo(first.out());
        JsonNode json = new ObjectMapper()
                .readTree(
                        CommandLineRun.of("generate", model, "--length", "40", "--seed", "3", "--top-k", "9", "--json")
                                .out());
        assertThat(json.get("prompt").asText() + json.get("text").asText() + "\n")
                .isEqualTo(first.out());
        assertThat(CommandLineRun.of("generate", model, "--prompt", "\u20AC").err())
                .startsWith("error: --prompt: prompt, character 1: expected one of the ");
        assertThat(CommandLineRun.of("generate", model, "--temperature", "-1").err())
                .startsWith("error: --temperature: expected a number of at least 0, got -1.0");
    }

    @Test
    void fromWordsToWords() throws IOException {
        Path job = example("csv");
        CommandLineRun run = train(job, "train.epochs=30", "data.test=" + EXAMPLES + "/data/flowers.csv", "--verbose");
        List<String> lines = run.out().lines().toList();
        assertThat(run.err()).containsPattern("\n  measuring the layers +[0-9]+[.][0-9]\n");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("test rows 150 loss 0\\.[0-9]{4} accuracy (0\\.9[0-9]{3}|1\\.0000)");
        CommandLineRun evaluated = CommandLineRun.of(
                "evaluate",
                temporary.resolve("model").toString(),
                "--job",
                job.toString(),
                "--set",
                "data.test=" + EXAMPLES + "/data/flowers.csv");
        assertThat(evaluated.out().lines()).hasSize(8).first().isEqualTo(lines.get(0));
        assertThat(evaluated.out())
                .contains("rows: true class; columns: predicted class")
                .contains("\nalba ");
        assertThat(run.err())
                .contains("best epoch: ", "rows: true class; columns: predicted class", "scripts/lockstep predict ");
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
        List<String> rows = PredictionLines.of(temporary.resolve("out"));
        rows.remove(0);
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
        Path rows = noisyLine();
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

    /** 400 rows of y = 100 + 50 x, x from -1 to 1, with noise whose standard deviation is 5. */
    private Path noisyLine() throws IOException {
        Random random = new Random(1);
        List<String> lines = new ArrayList<>(List.of("x,y"));
        for (int i = 0; i < 400; i++) {
            double x = random.nextDouble() * 2 - 1;
            lines.add(x + "," + (100 + 50 * x + 5 * random.nextGaussian()));
        }
        return Files.write(temporary.resolve("line.csv"), lines);
    }

    /** Each fold is a run of its own; what is finished is not repeated, and the same folds give the same models. */
    @Test
    void foldsOfACrossValidation() throws IOException {
        Path job = example("csv");
        String folds = "data.validation={folds: 3, stratify: true}";
        CommandLineRun first = train(job, folds);
        assertThat(first.code()).as(first.err()).isZero();
        List<String> lines = first.out().lines().toList();
        assertThat(lines).hasSize(7);
        assertThat(lines.get(3)).matches("fold 0 validation rows \\d+ loss .*");
        assertThat(lines.get(6)).matches("folds 3 loss [0-9.]+ \\+- [0-9.]+ accuracy [0-9.]+ \\+- [0-9.]+");
        assertThat(temporary.resolve("model/folds.json")).content().contains("\"deviation\"");
        long rows = lines.subList(3, 6).stream()
                .mapToLong(line -> Long.parseLong(line.split(" ", -1)[4]))
                .sum();
        assertThat(rows)
                .isEqualTo(
                        Files.readAllLines(EXAMPLES.resolve("data/flowers.csv")).size() - 1);
        FileUtils.deleteDirectory(temporary.resolve("model/fold-1").toFile());
        CommandLineRun again = train(job, folds);
        assertThat(again.err()).contains("fold 0 is finished: ").doesNotContain("fold 1 is finished");
        assertThat(again.out().lines().toList())
                .isEqualTo(List.of(lines.get(1), lines.get(3), lines.get(4), lines.get(5), lines.get(6)));
    }

    private CommandLineRun tune(Path job, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("tune", job.toString()));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    /** The same search finds the same, whether its trials run side by side or not; the best job file trains. */
    @Test
    void aSearchKeepsTheBest() throws IOException {
        Path job = example("csv");
        String directory = temporary.resolve("search").toString();
        String over =
                "{train.batchSize: {from: 8, to: 100, log: true, whole: true}, optimizer.adam.learningRate: [1e-9,"
                        + " 0.05]}";
        String[] settings = {
            "data.validation=0.3",
            "data.test=null",
            "train.epochs=4",
            "output.dir=" + directory,
            "search={trials: 4, parallel: 2, halving: {epochs: 1, factor: 2}, over: " + over + "}"
        };
        CommandLineRun first = tune(job, settings);
        assertThat(first.code()).as(first.err()).isZero();
        List<String> lines = first.out().lines().toList();
        assertThat(lines.get(0))
                .isEqualTo("trial  epochs  loss    score   train.batchSize  optimizer.adam.learningRate");
        assertThat(lines).hasSize(6);
        assertThat(lines.subList(1, 5).stream().map(line -> line.split(" +", -1)[1]))
                .containsExactly("4", "2", "1", "1");
        assertThat(lines.get(5)).startsWith("best trial ").contains("optimizer.adam.learningRate=0.05");
        Files.delete(Path.of(directory, "trial-000-epochs-1", "model.json"));
        settings[4] = settings[4].replace("parallel: 2", "parallel: 1");
        CommandLineRun again = tune(job, settings);
        assertThat(again.out()).isEqualTo(first.out());
        assertThat(Path.of(directory, "trials.json")).content().contains("\"loss\"", "\"train.batchSize\"");
        String sha = model(lines);
        CommandLineRun best = CommandLineRun.of("train", directory + "/best.yaml");
        assertThat(best.err()).doesNotContain("error");
        assertThat(best.out()).endsWith("model " + directory + "/best sha256 " + sha + "\n");
    }

    private static String model(List<String> lines) throws IOException {
        String path = lines.get(5).substring(lines.get(5).indexOf(" model ") + " model ".length());
        return ModelFiles.load(new LocalDirectory(Path.of(path))).description().sha256();
    }

    @Test
    void aSearchIsCheckedBeforeItBegins() throws IOException {
        Path job = example("csv");
        String[] wrong = {
            "data.validation=0.3", "output.dir=" + temporary.resolve("x"), "search={over: {train.batchsize: [1, 2]}}"
        };
        assertThat(tune(job, wrong).err())
                .isEqualTo("error: --set: train.batchsize: unknown key; did you mean \"batchSize\"?\n");
        wrong[2] = "search={over: {train.batchSize: {from: 1, to: 9}}}";
        assertThat(tune(job, wrong).err())
                .isEqualTo("error: --set: search.trials: missing, expected the number of trials, because"
                        + " train.batchSize is a"
                        + " range of numbers\n");
        wrong[2] = "search=null";
        assertThat(tune(job, wrong).err()).contains("search: missing, expected the settings to try");
        assertThat(temporary.resolve("x")).doesNotExist();
    }
}
