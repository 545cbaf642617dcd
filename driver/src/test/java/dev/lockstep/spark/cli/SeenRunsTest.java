package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.spark.report.Browser;
import dev.lockstep.spark.report.BrowserTab;
import dev.lockstep.spark.report.FakeMlflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person sees of whole runs: the report of a table, images, text, series and numbers with noise; a search. */
class SeenRunsTest extends ExampleJobs {
    private JsonNode json(String name) throws IOException {
        return new ObjectMapper()
                .readTree(temporary.resolve("model").resolve(name).toFile());
    }

    private static List<String> texts(BrowserTab tab, String selector) throws Exception {
        List<String> texts = new ArrayList<>();
        tab.value("[...document.querySelectorAll('" + selector + "')].map(e => e.textContent)")
                .forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** At every width and in both colours nothing is cut off, fails, or is asked of another machine. */
    @ParameterizedTest
    @CsvSource({
        "churn, Confusion, class",
        "idx, First layer, class",
        "text, steps of a row, class",
        "sensors, steps of a row, class",
        "prices, Coverage, target"
    })
    void theReportHasEverything(String name, String own, String predicted) throws Exception {
        assertThat(train(example(name)).code()).isZero();
        JsonNode data = json("data.json");
        assertThat(data.path("rows").path("training").asLong())
                .isGreaterThan(data.path("rows").path("validation").asLong())
                .isGreaterThanOrEqualTo(data.path("describedRows").asLong());
        JsonNode environment = json("environment.json");
        assertThat(environment.path("spark").asText()).isEqualTo(spark.version());
        assertThat(environment.path("fingerprint").asText()).matches("[0-9a-f]{64}");
        assertThat(environment.path("processes").size()).isOne();
        Browser.assumeThere();
        try (BrowserTab tab = new BrowserTab(temporary)) {
            for (int width : new int[] {400, 1600}) {
                for (boolean dark : new boolean[] {false, true}) {
                    tab.open(temporary.resolve("model/report.html").toUri().toString(), width, dark);
                    assertThat(tab.complaints()).as(width + " " + dark).isEmpty();
                }
            }
            assertThat(texts(tab, "section:not([hidden]) > h2"))
                    .contains("Curves", "Worst mistakes", "Network", "Weights", "Data", "Epochs", "Environment", "Job");
            assertThat(texts(tab, "#data-rows th")).contains(predicted);
            assertThat(tab.value("document.body.textContent + (document.querySelector('.confusion') ? 'Confusion' :"
                                    + " '')")
                            .asText())
                    .contains(own);
        }
    }

    /** Cells as they are in the table, missing ones of all rows. */
    @Test
    void aTableIsDescribedAsItIs() throws IOException {
        assertThat(train(example("churn")).code()).isZero();
        JsonNode data = json("data.json");
        List<String> rows = Files.readAllLines(EXAMPLES.resolve("data/customers.csv"));
        assertThat(data.path("rows").path("training").asInt()
                        + data.path("rows").path("validation").asInt())
                .isEqualTo(rows.size() - 1);
        JsonNode age = data.path("columns").get(0);
        assertThat(age.path("name").asText()).isEqualTo("age");
        assertThat(age.path("type").asText()).isEqualTo("number");
        assertThat(age.path("missing").asInt()).isPositive();
        assertThat(age.path("mean").asDouble()).isBetween(18.0, 90.0);
        int counted = 0;
        for (JsonNode bin : age.path("histogram")) {
            counted += bin.asInt();
        }
        assertThat(counted + age.path("missing").asInt())
                .isEqualTo(data.path("rows").path("training").asInt());
        int labels = 0;
        for (JsonNode each : data.path("classes")) {
            labels += each.path("rows").asInt();
        }
        assertThat(labels).isEqualTo(data.path("rows").path("training").asInt());
    }

    /** Numbers without types too: over all rows what a person computes from the file. */
    @Test
    void numbersAreDescribedAsTheyAre() throws IOException {
        assertThat(train(example("csv"), "data.validation=null", "train.earlyStopping=null")
                        .code())
                .isZero();
        JsonNode petal = json("data.json").path("columns").get(0);
        List<String> lines = Files.readAllLines(EXAMPLES.resolve("data/flowers.csv"));
        int column = List.of(lines.get(0).split(",")).indexOf(petal.path("name").asText());
        double[] numbers = lines.stream()
                .skip(1)
                .mapToDouble(line -> Double.parseDouble(line.split(",")[column]))
                .sorted()
                .toArray();
        assertThat(petal.path("mean").asDouble())
                .isCloseTo(Arrays.stream(numbers).average().orElseThrow(), within(1e-5));
        assertThat(petal.path("least").asDouble()).isEqualTo(numbers[0]);
        assertThat(petal.path("greatest").asDouble()).isEqualTo(numbers[numbers.length - 1]);
        assertThat(petal.path("distinct").asLong())
                .isEqualTo(Arrays.stream(numbers).distinct().count());
    }

    /** On request the measured rows come into the report: here of a run that had kept none. */
    @Test
    void anEvaluationMakesTheReport() throws IOException {
        assertThat(train(example("csv"), "output.examples=0").code()).isZero();
        Path model = temporary.resolve("model");
        assertThat(model.resolve("examples.json")).doesNotExist();
        Files.delete(model.resolve("evaluation.json"));
        CommandLineRun silent = CommandLineRun.of("evaluate", model.toString());
        assertThat(silent.code()).as(silent.err()).isZero();
        assertThat(model.resolve("evaluation.json")).doesNotExist();

        CommandLineRun run = CommandLineRun.of("evaluate", model.toString(), "--report", "--set", "output.examples=3");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith(silent.out()).endsWith("report " + model.resolve("report.html") + "\n");
        assertThat(json("examples.json").path("worst").size()).isEqualTo(3);
        assertThat(json("evaluation.json").has("confusion")).isTrue();
        assertThat(model.resolve("report.html")).content().contains("\"worst\":[{\"loss\":");
        assertThat(CommandLineRun.of("verify", model.toString()).code()).isZero();
    }

    /** Trials of a search are runs of their own for both, below one of the search. */
    @Test
    void aSearchIsTracked() throws IOException {
        try (FakeMlflow server = new FakeMlflow()) {
            Path search = temporary.resolve("search");
            CommandLineRun run = CommandLineRun.of(
                    "tune",
                    example("csv").toString(),
                    "--set",
                    "data.validation=0.3",
                    "--set",
                    "data.test=null",
                    "--set",
                    "train.epochs=1",
                    "--set",
                    "output={dir: " + search + ", tensorBoard: true, mlflow: {uri: '" + server.uri() + "'}}",
                    "--set",
                    "search={over: {train.batchSize: [16, 32]}}");
            assertThat(run.code()).as(run.err()).isZero();
            for (String trial : List.of("trial-000-epochs-1", "trial-001-epochs-1")) {
                assertThat(search.resolve(trial).resolve("events.out.tfevents.lockstep"))
                        .exists();
                assertThat(search.resolve(trial).resolve("time.json")).exists();
            }
            assertThat(server.refused).isEmpty();
            List<String> created = server.taken.stream()
                    .filter(each -> each.startsWith("runs/create"))
                    .toList();
            assertThat(created).hasSize(3);
            assertThat(created.get(0)).doesNotContain("mlflow.parentRunId");
            assertThat(created.subList(1, 3))
                    .allMatch(each -> each.contains("mlflow.parentRunId") && each.contains("\"run_name\":\"trial-00"));
            assertThat(server.taken.stream().filter(each -> each.contains("\"status\":\"FINISHED\"")))
                    .hasSize(3);
        }
    }
}
