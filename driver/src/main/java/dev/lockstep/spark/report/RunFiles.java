package dev.lockstep.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.FileReason;
import dev.lockstep.nn.io.ModelException;
import dev.lockstep.nn.spec.SpecMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run leaves in its directory, apart from the model itself.
 *
 * @param run its output directory
 */
record RunFiles(FileDirectory run) {
    static final String JOB = "job.json";

    /** The lines of the metrics file; none if the run has none. */
    List<JsonNode> epochs() {
        List<JsonNode> epochs = new ArrayList<>();
        for (String line : text(MetricsFile.NAME).lines().toList()) {
            epochs.add(json(MetricsFile.NAME, line, "line " + (epochs.size() + 1) + " is not JSON"));
        }
        return epochs;
    }

    /** The figures of its test or validation rows; null if they were not measured. */
    @Nullable
    JsonNode evaluation() {
        return optional(Measures.NAME);
    }

    /** Where its time went; null if it has not ended. */
    @Nullable
    JsonNode time() {
        return optional(TimeFile.NAME);
    }

    /** The rows on which the model is worst; null if they were not kept. */
    @Nullable
    JsonNode examples() {
        return optional(ExampleRows.NAME);
    }

    /**
     * How much the model needs each column; null if that was not measured, or of another model.
     *
     * @param sha256 of the model
     */
    @Nullable
    JsonNode importance(String sha256) {
        JsonNode importance = optional(ImportanceText.NAME);
        return importance != null && importance.path("sha256").asText().equals(sha256) ? importance : null;
    }

    /** What its rows hold; null if that was not recorded. */
    @Nullable
    JsonNode data() {
        return optional(RunReport.DATA);
    }

    /** What it was trained with and on; null if that was not recorded. */
    @Nullable
    JsonNode environment() {
        return optional(RunReport.ENVIRONMENT);
    }

    /** Its job; null if the run has none. */
    @Nullable
    JsonNode job() {
        return optional(JOB);
    }

    private @Nullable JsonNode optional(String name) {
        String text = text(name);
        return text.isEmpty() ? null : json(name, text, "is not JSON");
    }

    private JsonNode json(String name, String text, String otherwise) {
        try {
            return SpecMapper.json().readTree(text);
        } catch (IOException e) {
            throw new ModelException(run.location(name), otherwise, e);
        }
    }

    /** The text of a file; empty if there is none. */
    String text(String name) {
        try (InputStream in = run.open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (FileNotFoundException | NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new ModelException(run.location(name), FileReason.of(e), e);
        }
    }

    /** The epoch with the least loss of the validation rows, or of the training rows; null without any. */
    static @Nullable JsonNode best(List<JsonNode> epochs) {
        JsonNode best = null;
        for (JsonNode epoch : epochs) {
            String key = epoch.has("validationLoss") ? "validationLoss" : "loss";
            if (best == null || epoch.path(key).asDouble() < best.path(key).asDouble()) {
                best = epoch;
            }
        }
        return best;
    }
}
