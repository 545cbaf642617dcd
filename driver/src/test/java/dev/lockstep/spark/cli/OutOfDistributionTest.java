package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** {@code evaluate --against}: rows of another kind, told from the test rows by how unsure the model is of them. */
class OutOfDistributionTest extends ExampleJobs {
    private static final Path FLOWERS = EXAMPLES.resolve("data/flowers.csv");

    private final List<String> models = new ArrayList<>();

    private CommandLineRun evaluate(String... more) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", models.get(models.size() - 1)));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private void trained(Path job, String... settings) {
        CommandLineRun run = train(job, settings);
        assertThat(run.err()).doesNotContain("error");
        assertThat(run.code()).isZero();
        models.add(temporary.resolve("model").toString());
    }

    private List<Row> predicted(String input) {
        Path predictions = temporary.resolve("predictions");
        CommandLineRun run = CommandLineRun.of(
                "predict",
                models.get(models.size() - 1),
                "--input",
                input,
                "--output",
                predictions.toString(),
                "--output-format",
                "parquet",
                "--overwrite");
        assertThat(run.err()).doesNotContain("error");
        return spark.read().parquet(predictions.toString()).collectAsList();
    }

    /** The share of the pairs in which the second has more of it. */
    private static double area(List<Row> known, List<Row> others, String column) {
        double wins = 0;
        for (Row left : known) {
            float less = left.getAs(column);
            for (Row right : others) {
                float more = right.getAs(column);
                wins += more > less ? 1 : more == less ? 0.5 : 0;
            }
        }
        return wins / ((double) known.size() * others.size());
    }

    @Test
    void areasAreThoseOfWhatPredictWrites() throws IOException {
        trained(example("csv"), "model.ensemble=2", "data.test.path=" + FLOWERS);
        List<String> lines = new ArrayList<>(Files.readAllLines(FLOWERS));
        lines.replaceAll(line -> line.replaceAll("\\b0\\.", "3."));
        String strange = Files.write(temporary.resolve("strange.csv"), lines.subList(0, 40))
                .toString();
        CommandLineRun run = evaluate("--against", strange, "--json");
        assertThat(run.err()).doesNotContain("error");
        JsonNode told = new ObjectMapper().readTree(run.out()).get("against");
        List<Row> known = predicted(FLOWERS.toString());
        List<Row> others = predicted(strange);
        assertThat(told.get("path").asText()).isEqualTo(strange);
        assertThat(told.get("rows").asInt()).isEqualTo(39);
        for (String column : List.of("entropy", "mutualInformation")) {
            assertThat(told.get(column + "RocAuc").asDouble())
                    .as(column)
                    .isCloseTo(area(known, others, column), within(1e-12))
                    .isNotEqualTo(0.5);
        }
        assertThat(evaluate("--against", FLOWERS.toString()).out())
                .contains("against " + FLOWERS + " rows " + known.size()
                        + " area under ROC entropy 0.5000 mutualInformation 0.5000");
    }

    @Test
    void numbersAreToldApartByTheirDeviation() throws IOException {
        Path prices = EXAMPLES.resolve("data/prices.csv");
        List<String> lines = Files.readAllLines(prices);
        List<String> larger = new ArrayList<>(lines.subList(0, 1));
        lines.subList(1, lines.size()).forEach(line -> larger.add("90" + line));
        Path others = Files.write(temporary.resolve("larger.csv"), larger);
        trained(example("prices"), "data.test.path=" + prices);
        String out = evaluate("--against", others.toString()).out();
        assertThat(out).containsPattern("standardDeviation (0\\.9[0-9]+|1\\.0000) epistemicDeviation");
    }

    @Test
    void whatCannotBeComparedIsSaid() throws IOException {
        trained(example("csv"), "data.test.path=" + FLOWERS);
        CommandLineRun single = evaluate("--against", FLOWERS.toString());
        assertThat(single.err()).contains("error: --against: expected").contains("--samples N");
        assertThat(single.code()).isEqualTo(1);
        String one = evaluate("--against", FLOWERS.toString(), "--samples", "1").out();
        assertThat(one).contains("area under ROC entropy 0.5000");
    }
}
