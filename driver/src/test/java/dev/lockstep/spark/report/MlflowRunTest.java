package dev.lockstep.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.model.LayerFigures;
import dev.lockstep.spark.config.MlflowSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MlflowRunTest {
    @TempDir
    private Path folder;

    private final List<String> notices = new CopyOnWriteArrayList<>();

    private MlflowRun run(String uri, Map<String, String> environment) throws IOException {
        return run(uri, environment, folder, null);
    }

    private MlflowRun run(String uri, Map<String, String> environment, Path directory, @Nullable MlflowRun search)
            throws IOException {
        JsonNode job = new ObjectMapper()
                .readTree("{\"train\":{\"epochs\":3,\"odd key\\u00e9\":true},"
                        + "\"model\":{\"layers\":[{\"dense\":{\"units\":7}}]},\"text\":\"" + "\u00e9".repeat(900)
                        + "\"}");
        return new MlflowRun(
                new MlflowSpec(uri, "an experiment & more", null),
                job,
                new LocalDirectory(directory),
                notices::add,
                environment,
                search);
    }

    private static TrainingOverview plan(int completed) {
        return new TrainingOverview(3, 10, 100, 20, 42, 4, 2, 2, completed, 10L * completed, "gradient");
    }

    private static EpochReport report(int epoch) {
        return new EpochReport(
                epoch,
                10L * epoch,
                1.0 / epoch,
                Map.of("accuracy", 0.5),
                Double.NaN,
                Map.of(),
                Map.of(),
                null,
                1e-3,
                2.5,
                1000,
                64,
                null,
                new LayerFigures(Map.of("dense_1", 0.5), Map.of("dense_1", 0.125), Map.of("dense_1", 0.75)));
    }

    /** Every request has the form that MLflow documents, or the server would have refused it. */
    @Test
    void theServerKnowsTheRun() throws IOException {
        try (FakeMlflow server = new FakeMlflow()) {
            for (int i = 0; i < 2; i++) {
                try (MlflowRun run = run(server.uri() + "/", Map.of("MLFLOW_TRACKING_TOKEN", "t"))) {
                    run.started(plan(0));
                    run.epoch(report(1));
                    run.epoch(report(2));
                    run.saved("beef", new Measures("test", 20, 0.25, "accuracy", 0.75, Map.of()));
                }
            }
            assertThat(server.refused).isEmpty();
            assertThat(notices).isEmpty();
            assertThat(server.taken.stream().filter(each -> each.startsWith("experiments/create")))
                    .as("the second run finds the experiment")
                    .containsExactly("experiments/create {\"name\":\"an experiment & more\"}");
            assertThat(server.authorizations).containsOnly("Bearer t");
            assertThat(server.params)
                    .containsEntry("train.epochs", "3")
                    .containsEntry("train.odd key_", "true")
                    .containsEntry("model.layers.0.dense.units", "7")
                    .containsEntry("text", "\u00e9".repeat(250))
                    .containsEntry("rows", "100");
            assertThat(server.metrics)
                    .contains(
                            "1 loss 1.0",
                            "2 loss 0.5",
                            "2 accuracy 0.5",
                            "2 deadUnits/dense_1 0.75",
                            "2 test.accuracy 0.75")
                    .noneMatch(line -> line.contains("validationLoss"));
            assertThat(server.tags)
                    .containsEntry("lockstep.sha256", "beef")
                    .containsEntry("lockstep.model", folder.toString());
            assertThat(server.taken.get(server.taken.size() - 1))
                    .startsWith("runs/update {\"run_id\":\"abc\",\"status\":\"FINISHED\",\"end_time\":");
        }
    }

    /** Runs of a search lie below the run of the search. */
    @Test
    void trialsAreNested() throws IOException {
        try (FakeMlflow server = new FakeMlflow()) {
            try (MlflowRun search = run(server.uri(), Map.of())) {
                search.begin();
                try (MlflowRun trial = run(server.uri(), Map.of(), folder.resolve("trial-007"), search)) {
                    trial.started(plan(0));
                    trial.saved("beef", null);
                }
                search.saved("beef", "trial-007", null);
            }
            assertThat(server.refused).isEmpty();
            List<String> created = server.taken.stream()
                    .filter(each -> each.startsWith("runs/create"))
                    .toList();
            assertThat(created).hasSize(2);
            assertThat(created.get(0)).doesNotContain("mlflow.parentRunId");
            assertThat(created.get(1))
                    .contains("\"run_name\":\"trial-007\"", "{\"key\":\"mlflow.parentRunId\",\"value\":\"abc\"}");
            assertThat(server.tags).containsEntry("lockstep.model", "trial-007");
        }
    }

    /** A trial does not wait for a search that the server never heard of. */
    @Test
    @Timeout(60)
    void aSearchThatNeverBeganHoldsUpNobody() throws IOException {
        try (FakeMlflow server = new FakeMlflow()) {
            MlflowRun search = run("http://localhost:1", Map.of());
            search.begin();
            try (MlflowRun trial = run(server.uri(), Map.of(), folder, search)) {
                trial.started(plan(0));
            }
            search.close();
            assertThat(server.taken)
                    .anyMatch(each -> each.startsWith("runs/create") && !each.contains("mlflow.parentRunId"));
        }
    }

    @Test
    void aResumedRunHasAllEpochs() throws IOException {
        Files.writeString(folder.resolve("metrics.jsonl"), "{\"epoch\":1,\"loss\":4.0}\n{\"epoch\":2,\"loss\":3.0}\n");
        try (FakeMlflow server = new FakeMlflow()) {
            try (MlflowRun run =
                    run(server.uri(), Map.of("MLFLOW_TRACKING_USERNAME", "u", "MLFLOW_TRACKING_PASSWORD", "p"))) {
                run.started(plan(1));
                run.epoch(report(2));
            }
            assertThat(server.metrics).contains("1 loss 4.0", "2 loss 0.5").doesNotContain("2 loss 3.0");
            assertThat(server.authorizations).containsOnly("Basic dTpw");
            assertThat(server.taken.get(server.taken.size() - 1))
                    .as("no model was saved")
                    .contains("\"status\":\"FAILED\"");
        }
    }

    /** One notice, and the training goes on. */
    @Test
    @Timeout(60)
    void aServerThatFailsDoesNoHarm() throws IOException {
        try (FakeMlflow server = new FakeMlflow()) {
            try (MlflowRun run = run(server.uri(), Map.of())) {
                run.started(plan(0));
                run.epoch(report(1));
                server.breakDown();
                run.epoch(report(2));
                run.epoch(report(3));
                run.saved("beef", null);
            }
            assertThat(notices).hasSize(1);
            assertThat(notices.get(0))
                    .startsWith("output.mlflow: " + server.uri() + " gets no more reports of this training: ")
                    .contains("status 500");
        }
        notices.clear();
        try (MlflowRun run = run("http://localhost:1", Map.of())) {
            run.started(plan(0));
            run.epoch(report(1));
        }
        assertThat(notices).hasSize(1);
    }

    @Test
    void whatIsNoServerIsRefused() {
        assertThatThrownBy(() -> new MlflowSpec("databricks", null, null))
                .hasMessage("uri: expected the address of a tracking server, such as http://localhost:5000,"
                        + " got databricks");
    }
}
