package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.LocalSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Trains the project's examples on a real Spark in this JVM. */
abstract class ExampleJobs {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    static final Path EXAMPLES = PROJECT.resolve("conf/examples");
    static SparkSession spark;

    @TempDir
    Path temporary;

    @BeforeAll
    static void start() {
        spark = LocalSession.start(2, "spark.sql.shuffle.partitions", "2");
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    /** An example's job file, its paths made absolute, as the tests run in another directory. */
    final Path example(String name) throws IOException {
        String text = Files.readString(EXAMPLES.resolve(name + ".yaml"));
        return Files.writeString(temporary.resolve(name + ".yaml"), text.replace("conf/examples/", EXAMPLES + "/"));
    }

    final CommandLineRun train(Path job, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                job.toString(),
                "--set",
                "output.dir=" + temporary.resolve("model"),
                "--set",
                "train.epochs=2"));
        for (String setting : settings) {
            arguments.addAll(setting.startsWith("--") ? List.of(setting) : List.of("--set", setting));
        }
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    final void fails(Path job, String message, String... settings) {
        CommandLineRun run = train(job, settings);
        assertThat(run.err().lines().filter(line -> !line.matches("(reading|training|epoch| ).*")))
                .containsExactly("error: " + message);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
    }
}
