package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar under Spark's launcher: exit codes and errors reach whoever called the script. */
@Tag("cluster")
class LockstepScriptTest {
    @Test
    void handsSparkItsOptionsAndTheRestToTheCommand(@TempDir Path folder) {
        String model = folder.resolve("absent").toString();
        Scripts.Result result = Scripts.run(
                "lockstep",
                "inspect",
                "--master",
                "local[1]",
                model,
                // A JVM takes one collector only.
                "--driver-java-options=-XX:+UseSerialGC",
                "--conf=spark.app.name=inspection");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("error: " + model + "/model.json: there is no such file");
        assertThat(result.err()).as("no stack trace unless asked").doesNotContain("\tat ");
    }

    @Test
    void showsTheStackTraceOnRequest(@TempDir Path folder) {
        Scripts.Result result =
                Scripts.run("lockstep", "inspect", folder.resolve("absent").toString(), "-v");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("\tat dev.lockstep.");
    }

    @Test
    void badUsageIsAnErrorOfItsOwn() {
        assertThat(Scripts.run("lockstep", "trian").exitCode()).isEqualTo(2);
        Scripts.Result version = Scripts.run("lockstep", "--version").expectSuccess();
        assertThat(version.lastLine()).startsWith("Lockstep ");
    }
}
