package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.examples.Classifier;
import dev.lockstep.examples.DataFrames;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.spark.LocalSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code docs/guides}: their programs are compiled and do what they say, and they name all options. */
class GuideTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path ROWS = PROJECT.resolve("conf/examples/data/flowers.csv");
    private static SparkSession spark;
    private static String guides;

    @TempDir
    Path temporary;

    @BeforeAll
    static void start() throws IOException {
        StringBuilder pages = new StringBuilder();
        try (Stream<Path> files = Files.list(PROJECT.resolve("docs/guides"))) {
            for (Path file : files.sorted().toList()) {
                pages.append(Files.readString(file));
            }
        }
        guides = pages.toString();
        spark = LocalSession.start(2);
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    private static List<String> blocks(String page, String language) throws IOException {
        Matcher matcher = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PROJECT.resolve("docs/guides").resolve(page)));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    private static CommandLine commands() {
        return new CommandLine(new Lockstep(), new CommandFactory(new Streams(System.out, System.err)))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Test
    void programsAreThoseOfTheTests() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String module : List.of("worker-lib", "driver")) {
            try (Stream<Path> files =
                    Files.list(PROJECT.resolve(module).resolve("src/test/java/dev/lockstep/examples"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String source = Files.readString(file);
                    sources.add(source.substring(source.indexOf("import ")));
                }
            }
        }
        assertThat(blocks("deploying.md", "java")).containsExactlyElementsOf(sources);
    }

    @Test
    void allOptionsAreNamed() {
        for (String command : List.of("evaluate", "predict", "generate", "importance")) {
            for (OptionSpec option :
                    commands().getSubcommands().get(command).getCommandSpec().options()) {
                if (!List.of("--help", "--version", "--verbose").contains(option.longestName())) {
                    assertThat(guides).as(command).contains("`" + option.longestName());
                }
            }
        }
    }

    private String job(String name, String path) throws IOException {
        String yaml = blocks("your-table.md", "yaml").get(0).replace("conf/examples/data/flowers.csv", path);
        return Files.writeString(temporary.resolve(name), yaml).toString();
    }

    private String train(String directory, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("train", job("flowers.yaml", ROWS.toString())));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        arguments.addAll(List.of("--set", "output.dir=" + temporary.resolve(directory)));
        CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        return run.out().strip().replaceFirst(".* sha256 ", "");
    }

    private static List<String> predictions(Dataset<Row> table) {
        return table.collectAsList().stream()
                .map(row -> row.<String>getAs("prediction"))
                .toList();
    }

    @Test
    void programsDoWhatTheCommandsDo() throws IOException {
        String model = temporary.resolve("model").toString();
        String sha256 = train("model");
        Dataset<Row> rows =
                spark.read().option("header", true).option("inferSchema", true).csv(ROWS.toString());
        String fromTable = temporary.resolve("from-table").toString();
        SavedModel trained = DataFrames.train(rows, job("table.yaml", "flowers\n    format: table"), fromTable);
        assertThat(trained.description().sha256()).isEqualTo(sha256);

        String output = temporary.resolve("predictions").toString();
        CommandLineRun run = CommandLineRun.of("predict", model, "--input", ROWS.toString(), "--output", output);
        assertThat(run.code()).as(run.err()).isZero();
        List<String> expected = predictions(spark.read().option("header", true).csv(output));
        assertThat(predictions(DataFrames.predict(rows, fromTable))).isEqualTo(expected);
        Classifier classifier = new Classifier(Path.of(model));
        assertThat(rows.select("petal", "sepal", "stem", "leaf").collectAsList().stream()
                        .map(row -> classifier.classify(Map.of(
                                "petal", row.get(0), "sepal", row.get(1), "stem", row.get(2), "leaf", row.get(3)))))
                .isEqualTo(expected);
    }

    @Test
    void aFinishedRunIsTrainedFurtherElsewhere() throws IOException {
        String whole = train("whole", "train.epochs=4");
        train("first", "train.epochs=2");
        String checkpoints = "checkpoint.dir=" + temporary.resolve("first/checkpoints");
        assertThat(train("further", "train.epochs=4", checkpoints)).isEqualTo(whole);
        assertThat(Files.readAllLines(temporary.resolve("further/metrics.jsonl")))
                .hasSize(2)
                .allMatch(line -> line.matches(".*\"epoch\":[34],.*"));
        // The schedule would be another one from the first step on.
        CommandLineRun refused = CommandLineRun.of(
                "train",
                job("cosine.yaml", ROWS.toString()),
                "--set",
                "train={epochs: 6, batchSize: 16, schedule: cosine}",
                "--set",
                checkpoints,
                "--set",
                "output.dir=" + temporary.resolve("cosine"));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .contains("the checkpoint belongs to another job: train.epochs is absent there, 6 here");
    }
}
