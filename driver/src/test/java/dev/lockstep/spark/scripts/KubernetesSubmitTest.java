package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code conf/kubernetes/submit} says to Spark, whose spark-submit a script stands in for. */
class KubernetesSubmitTest {
    private static final String MASTER = "k8s://https://example:443";

    @TempDir
    private Path home;

    @BeforeEach
    void standIn() throws IOException {
        Path submit = Files.createDirectories(home.resolve("bin")).resolve("spark-submit");
        Files.writeString(submit, "#!/usr/bin/env bash\nprintf '%s\\n' \"$@\"\n");
        assertThat(submit.toFile().setExecutable(true)).isTrue();
    }

    private List<String> submitted(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Scripts.PROJECT.resolve("conf/kubernetes/submit").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("SPARK_HOME", "LOCKSTEP_IMAGE"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().toList();
    }

    @Test
    void theCommandStandsBehindTheImagesJar() throws Exception {
        Map<String, String> environment = Map.of("SPARK_HOME", home.toString(), "LOCKSTEP_IMAGE", "registry/lockstep");
        List<String> said = submitted(
                environment,
                MASTER,
                "--conf",
                "spark.executor.instances=4",
                "--",
                "train",
                "s3a://bucket/a job.yaml",
                "--set",
                "train.epochs=1");
        assertThat(said)
                .containsSequence("--master", MASTER, "--deploy-mode", "cluster")
                .contains("spark.kubernetes.container.image=registry/lockstep")
                .containsSubsequence("spark.broadcast.compress=false", "spark.executor.instances=4")
                .endsWith(
                        "local:///opt/lockstep/lockstep-driver.jar",
                        "train",
                        "s3a://bucket/a job.yaml",
                        "--set",
                        "train.epochs=1");
        String dockerfile = Files.readString(Scripts.PROJECT.resolve("conf/kubernetes/Dockerfile"));
        assertThat(dockerfile).contains(" /opt/lockstep/lockstep-driver.jar\n");
    }

    @Test
    void whatIsMissingIsSaid() throws Exception {
        String program = "conf/kubernetes/submit: ";
        Map<String, String> spark = Map.of("SPARK_HOME", home.toString());
        Map<String, String> all = Map.of("SPARK_HOME", home.toString(), "LOCKSTEP_IMAGE", "x");
        assertThat(submitted(all, "yarn"))
                .containsExactly(program + "expected a master such as k8s://https://HOST:443, got 'yarn'");
        assertThat(submitted(Map.of(), MASTER)).containsExactly(program + "SPARK_HOME='' has no bin/spark-submit");
        assertThat(submitted(spark, MASTER, "--", "train"))
                .containsExactly(
                        program + "LOCKSTEP_IMAGE is not set: expected the image of conf/kubernetes/Dockerfile");
        assertThat(submitted(all, MASTER, "train", "job.yaml"))
                .containsExactly(program + "expected -- and a command behind Spark's options: ... -- train"
                        + " s3a://BUCKET/job.yaml");
    }
}
