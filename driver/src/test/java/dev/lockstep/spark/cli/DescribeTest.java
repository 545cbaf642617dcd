package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** From a table that nobody has said anything of to a trained model. */
class DescribeTest extends ExampleJobs {
    private Path customers() throws IOException {
        StringBuilder text = new StringBuilder("id,age,city,started,fixed,empty,left\n");
        for (int row = 0; row < 60; row++) {
            String age = row % 10 == 0 ? "NA" : Integer.toString(20 + row % 30);
            text.append("%d,%s,%s,2024-01-%02d,1,,%s%n"
                    .formatted(row, age, row % 3 == 0 ? "Oslo" : "Rome", 1 + row % 28, row % 4 == 0 ? "yes" : "no"));
        }
        return Files.writeString(temporary.resolve("customers.csv"), text);
    }

    @Test
    void showsWhatColumnsHold() throws IOException {
        CommandLineRun run = CommandLineRun.of("describe", customers().toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "60 rows, 7 columns",
                        "column   holds    missing  distinct   mean    std  min  median  max  rows",
                        "id       numbers        0        60  29.50  17.32    0      29   59  |@@@@@@@@@@|",
                        "age      numbers        6        27     35  8.563   21      35   49  |@@@**@*@@@|",
                        "city     names          0         2                                  Rome 40, Oslo 20",
                        "started  times          0        28"
                                + "                                  2024-01-01 3, 2024-01-02 3, 2024-01-03 3",
                        "fixed    numbers        0         1      1      0    1       1    1  |@         |",
                        "empty    nothing       60         0",
                        "left     names          0         2                                  no 45, yes 15",
                        "suggested types; remove the column to predict:",
                        "  columns:",
                        "    age: {number: {missing: indicator}}",
                        "    city: oneHot",
                        "    started: {time: {parts: [weekday, month, elapsed]}}",
                        "    left: oneHot",
                        "column \"id\" is left out: it numbers the rows",
                        "column \"fixed\" is left out: it is the same in all rows",
                        "column \"empty\" is left out: it is empty");
    }

    @Test
    void showsTheSameAsJson() throws IOException {
        CommandLineRun run = CommandLineRun.of("describe", customers().toString(), "--json");
        JsonNode tree = new ObjectMapper().readTree(run.out());
        assertThat(tree.path("rows").intValue()).isEqualTo(60);
        JsonNode age = tree.path("columns").get(1);
        assertThat(age.path("name").asText()).isEqualTo("age");
        assertThat(age.path("missing").intValue()).isEqualTo(6);
        assertThat(age.path("quartiles").toString()).isEqualTo("[21.0,27.0,35.0,43.0,49.0]");
        assertThat(age.path("histogram")).hasSize(10);
        assertThat(tree.path("columns").get(4).path("note").asText()).isEqualTo("is the same in all rows");
        assertThat(tree.path("columns").get(6).path("mostFrequent").toString()).isEqualTo("{\"no\":45,\"yes\":15}");
    }

    @Test
    void theRowsOfAJobAreDescribedToo() {
        CommandLineRun run = CommandLineRun.of(
                "describe", "--job", EXAMPLES.resolve("csv.yaml").toString());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("error: conf/examples/data/flowers.csv");
    }

    @Test
    void aJobFileToBeginWithTrains() throws IOException {
        Path rows = customers();
        Path job = temporary.resolve("job.yaml");
        CommandLineRun init = CommandLineRun.of(
                "init",
                rows.toString(),
                "--label",
                "left",
                "--output",
                job.toString(),
                "--model",
                temporary.resolve("model").toString());
        assertThat(init.code()).as(init.err()).isZero();
        assertThat(init.out()).isEqualTo("job " + job + System.lineSeparator());
        assertThat(Files.readAllLines(job))
                .contains("    age: {number: {missing: indicator}}", "  loss: crossEntropy", "  batchSize: 16");
        CommandLineRun trained = CommandLineRun.of("train", job.toString());
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(CommandLineRun.of("init", rows.toString(), "--label", "left", "--output", job.toString())
                        .err())
                .startsWith("error: --output " + job + ": already exists");
        assertThat(CommandLineRun.of("init", rows.toString(), "--label", "lef").err())
                .startsWith("error: --label lef: did you mean \"left\"?");
        CommandLineRun numbers = CommandLineRun.of("init", rows.toString(), "--label", "id");
        assertThat(numbers.out()).contains("scaleTarget: standardise", "loss: meanSquaredError", "dense: 1");
    }
}
