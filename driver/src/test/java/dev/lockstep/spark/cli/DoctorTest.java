package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A job is examined before it trains, and nothing is written. */
class DoctorTest extends ExampleJobs {
    private Path job() throws IOException {
        StringBuilder rows = new StringBuilder("income,age,left\n");
        for (int row = 0; row < 400; row++) {
            rows.append(20_000 + 97 * row % 60_000)
                    .append(',')
                    .append(20 + row % 50)
                    .append(',')
                    .append(row % 2)
                    .append('\n');
        }
        Files.writeString(temporary.resolve("rows.csv"), rows);
        return Files.writeString(
                temporary.resolve("job.yaml"), """
                data:
                  train: {path: %s, label: left}
                  shards: 3
                model:
                  layers: [{dense: {units: 8, activation: relu}}, {dense: 2}]
                  loss: crossEntropy
                train: {epochs: 100000, batchSize: 12}
                checkpoint: {every: {epochs: 1}}
                output: {dir: %s}
                """.formatted(temporary.resolve("rows.csv"), temporary.resolve("run")));
    }

    @Test
    void saysWhatToChangeAndHowLongAnEpochTakes() throws IOException {
        CommandLineRun run = CommandLineRun.of("doctor", job().toString(), "--seconds", "0.4");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("process +driver: Java [0-9.]+, [a-z0-9-]+ kernels, [0-9]+ processors,"
                        + " heap of [0-9]+ MiB"))
                .anyMatch(line -> line.matches("shards +data.shards 3 on 2 ranks of 2 task slots"))
                .anyMatch(line -> line.matches("rows +400 to train on, 0 for validation; 42 parameters"))
                .anyMatch(line ->
                        line.matches("speed +sync.transport=driver: [0-9.]+ ms a step, [0-9.]+ s an epoch of 34 steps"))
                .anyMatch(line -> line.matches("speed +sync.transport=allreduce: .*"))
                .contains(
                        "    --set data.shards=4", "    --set train.batchSize=32", "    --set data.scale=standardise");
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsOnly("rows.csv", "job.yaml");
        }
    }

    @Test
    void hasNothingToSayOfASoundJob() throws IOException {
        CommandLineRun run = CommandLineRun.of(
                "doctor",
                job().toString(),
                "--json",
                "--seconds",
                "0.2",
                "--set",
                "data.scale=standardise",
                "--set",
                "data.shards=2",
                "--set",
                "train.batchSize=64",
                "--set",
                "sync.mode=averaging",
                // Of a training that is over soon doctor has nothing to say, however fast this machine is.
                "--set",
                "train.epochs=1");
        JsonNode tree = new ObjectMapper().readTree(run.out());
        for (JsonNode finding : tree.path("findings")) {
            boolean machine = finding.path("subject").asText().equals("kernels");
            assertThat(machine || finding.path("remedies").isEmpty())
                    .as(finding.toString())
                    .isTrue();
        }
        assertThat(tree.path("speed")).hasSize(2);
        JsonNode averaging = tree.path("speed").get(0);
        assertThat(averaging.path("way").asText()).isEqualTo("sync.mode=averaging");
        assertThat(averaging.path("measured").asBoolean()).isTrue();
        assertThat(averaging.path("millisAStep").asDouble()).isPositive();
        JsonNode alone = tree.path("speed").get(1);
        assertThat(alone.path("way").asText()).isEqualTo("--master 'local[1]'");
        assertThat(alone.path("measured").asBoolean()).isFalse();
        assertThat(alone.path("millisAStep").asDouble()).isPositive();
    }

    @Test
    void noticesALossThatRises() throws IOException {
        CommandLineRun run = CommandLineRun.of(
                "doctor",
                job().toString(),
                "--seconds",
                "0.2",
                "--set",
                "data.scale=standardise",
                "--set",
                "optimizer={adam: {learningRate: 5}}");
        assertThat(run.out())
                .containsPattern("change: the loss rises from [0-9.e+]+ to [0-9.e+]+ within [0-9,]+ steps");
    }

    /** Nothing is timed before. */
    @Test
    void refusesWhatNoHeapHolds() throws IOException {
        CommandLineRun run = CommandLineRun.of(
                "doctor", job().toString(), "--set", "model.layers=[{dense: 40000}, {dense: 40000}, {dense: 2}]");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("error: model.layers: 1,600,240,002 parameters: ", " in the heap of the driver")
                .doesNotContain("trying");
    }

    @Test
    void refusesATimeThatIsNone() throws IOException {
        CommandLineRun run = CommandLineRun.of("doctor", job().toString(), "--seconds", "0");
        assertThat(run.err()).isEqualTo("error: --seconds: expected more than 0, got 0.0\n");
    }
}
