package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
        assertThat(files.out()).isEqualTo("files model.json weights.safetensors job.json\n" + verified);

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

        damage(model, verified);
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
        Files.delete(job);
        assertThat(CommandLineRun.of("verify", model.toString()).err())
                .startsWith("error: " + job + ": SHA256SUMS lists the file, but it does not exist");
        Files.writeString(model.resolve("SHA256SUMS"), "abc\n");
        assertThat(CommandLineRun.of("verify", model.toString()).err()).contains("line 1: expected 64 hexadecimal");
        Files.delete(model.resolve("SHA256SUMS"));
        CommandLineRun without = CommandLineRun.of("verify", model.toString());
        assertThat(without.err()).startsWith("note: there is no SHA256SUMS in ");
        assertThat(without.out()).isEqualTo(verified);
        assertThat(CommandLineRun.of("verify", model.toString(), "--retrain").err())
                .contains("job.json: the file does not exist, so the job that trained the model is unknown");
        assertThat(CommandLineRun.of("verify", model.toString(), "--set", "train.seed=1")
                        .err())
                .contains("--set: it changes the job that --retrain trains");
    }
}
