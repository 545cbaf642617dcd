package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.report.BomSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code verify} says of a model, and the card and the digests that {@code train} writes beside it. */
class VerifyTest extends ExampleJobs {

    @Test
    void aModelIsVerifiedByItsFilesAndByItsJob() throws IOException {
        CommandLineRun trained = train(example("csv"), "train.epochs=2");
        assertThat(trained.code()).as(trained.err()).isZero();
        Path model = temporary.resolve("model");
        String sha256 = trained.out().strip().replaceFirst("(?s).* sha256 ", "");
        String verified = "verified " + model + " sha256 " + sha256 + "\n";

        CommandLineRun files = CommandLineRun.of("verify", model.toString());
        assertThat(files.err()).isEmpty();
        assertThat(files.out())
                .isEqualTo("files model.json weights.safetensors job.json sbom.json\nsbom sbom.json\n" + verified);

        CommandLineRun again = CommandLineRun.of("verify", model.toString(), "--retrain");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.out()).endsWith("retrained " + model + "/job.json sha256 " + sha256 + "\n" + verified);
        CommandLineRun other = CommandLineRun.of("verify", model.toString(), "--retrain", "--set", "train.seed=9");
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("error: " + model + ": the job trains a model with sha256 ");

        assertThat(Files.readString(model.resolve("README.md")))
                .contains(
                        "# Model " + sha256.substring(0, 12) + "\n",
                        "| predicts | one of 3 classes of `kind`: ",
                        "| training rows | `{path: ",
                        "| dense_1 | [16] | weight [4, 16], bias [16] | 80 |\n",
                        "epochs: 2",
                        "Of the epochs the one with the least validation loss",
                        "| validationAccuracy | ",
                        "## Calibration\n",
                        "| expectedCalibrationError | ")
                .doesNotContain("never measured");

        sbom(model, sha256);
        damage(model, verified);
    }

    /** The same job writes the same file, which names the rows and what read them. */
    private void sbom(Path model, String sha256) throws IOException {
        String text = Files.readString(model.resolve("sbom.json"));
        JsonNode sbom = SpecMapper.json().readTree(text);
        BomSchema.check(sbom);
        JsonNode component = sbom.path("metadata").path("component");
        assertThat(component.path("version").asText()).isEqualTo(sha256);
        assertThat(component.path("components").findValuesAsText("name"))
                .containsExactly("model.json", "weights.safetensors", "job.json");
        assertThat(component.has("licenses")).isFalse();
        assertThat(component.findValuesAsText("type")).contains("accuracy", "loss");
        assertThat(sbom.path("dependencies").path(0).path("dependsOn").toString())
                .isEqualTo("[\"data:train\",\"data:validation\",\"library:lockstep\",\"framework:spark\","
                        + "\"platform:jvm\"]");
        JsonNode rows = sbom.path("components").path(0).path("properties");
        assertThat(rows.path(0).path("value").asText()).matches("[0-9a-f]{64}");
        assertThat(rows.path(1).path("value").asInt()).isGreaterThan(100);
        assertThat(text).doesNotContain("timestamp", "serialNumber");

        CommandLineRun again = train(example("csv"), "train.epochs=2", "--overwrite", "output.license=Apache-2.0");
        assertThat(again.code()).as(again.err()).isZero();
        String licensed = Files.readString(model.resolve("sbom.json"));
        assertThat(licensed).contains("\"name\" : \"Apache-2.0\"");
        CommandLineRun third = train(example("csv"), "train.epochs=2", "--overwrite");
        assertThat(third.code()).as(third.err()).isZero();
        assertThat(model.resolve("sbom.json")).hasContent(text);
    }

    private static void damage(Path model, String verified) throws IOException {
        Path job = model.resolve("job.json");
        String text = Files.readString(job);
        Files.writeString(job, text + " ");
        CommandLineRun damaged = CommandLineRun.of("verify", model.toString());
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.err())
                .startsWith("error: " + job + ": the file's sha256 is ")
                .contains("SHA256SUMS says ");
        Files.writeString(job, text);
        Path sbom = model.resolve("sbom.json");
        String listed = Files.readString(sbom);
        Files.writeString(sbom, listed.replaceFirst("(\"content\" : \")[0-9a-f]{4}", "$10000"));
        assertThat(CommandLineRun.of("verify", model.toString()).err())
                .startsWith("error: " + sbom + ": the file's sha256 is ");
        Path sums = model.resolve("SHA256SUMS");
        String all = Files.readString(sums);
        Files.writeString(sums, all.replaceFirst(".*sbom.json\n", ""));
        assertThat(CommandLineRun.of("verify", model.toString()).err())
                .startsWith("error: " + model + "/model.json: the file's sha256 is ")
                .contains("sbom.json says 0000");
        Files.writeString(sums, all);
        Files.writeString(sbom, listed);
        Files.delete(job);
        assertThat(CommandLineRun.of("verify", model.toString()).err())
                .startsWith("error: " + job + ": SHA256SUMS lists the file, but it does not exist");
        Files.writeString(model.resolve("SHA256SUMS"), "abc\n");
        assertThat(CommandLineRun.of("verify", model.toString()).err()).contains("line 1: expected 64 hexadecimal");
        Files.delete(model.resolve("SHA256SUMS"));
        CommandLineRun without = CommandLineRun.of("verify", model.toString());
        assertThat(without.err()).startsWith("note: there is no SHA256SUMS in ");
        assertThat(without.out()).isEmpty();
        Files.delete(sbom);
        assertThat(CommandLineRun.of("verify", model.toString()).out()).isEqualTo(verified);
        assertThat(CommandLineRun.of("verify", model.toString(), "--retrain").err())
                .contains("job.json: the file does not exist, so the job that trained the model is unknown");
        assertThat(CommandLineRun.of("verify", model.toString(), "--set", "train.seed=1")
                        .err())
                .contains("--set: it changes the job to train again; add --retrain");
    }
}
