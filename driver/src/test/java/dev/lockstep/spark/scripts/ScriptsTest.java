package dev.lockstep.spark.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What scripts do before and after the programs that they start, for which there are stand-ins. */
class ScriptsTest {
    private static final String TRAINED = "echo 'test rows accuracy 0.9'; echo 'model x sha256 abc'";

    @TempDir
    private Path folder;

    private ProjectCopy project;

    @BeforeEach
    void copyProject() throws IOException {
        project = new ProjectCopy(folder.resolve("project"));
    }

    /** The arguments with which an installation's spark-submit is called. */
    private List<String> submitted(String defaults, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("evaluate", "model"));
        arguments.addAll(List.of(options));
        return project.run(
                        Map.of("SPARK_HOME", project.installation(defaults)),
                        "lockstep",
                        arguments.toArray(String[]::new))
                .expectSuccess()
                .out()
                .lines()
                .toList();
    }

    @Test
    void theMasterIsLocalUnlessOneIsNamedAnywhere() throws IOException {
        String file = project.write("file.conf", " spark.master = yarn\n").toString();
        assertThat(submitted("")).containsSequence("--master", "local[*]");
        assertThat(submitted(
                        "spark.master  yarn\n",
                        "--properties-file",
                        project.write("empty.conf", "").toString()))
                .as("Spark does not read its defaults then")
                .containsSequence("--master", "local[*]");
        assertThat(submitted("", "--master", "yarn"))
                .containsOnlyOnce("--master")
                .contains("yarn");
        assertThat(submitted("", "--conf", "spark.master=yarn")).doesNotContain("--master");
        assertThat(submitted("spark.master  yarn\n")).doesNotContain("--master");
        assertThat(submitted("", "--properties-file", file)).doesNotContain("--master");
    }

    /** Without Spark's launcher: java stands in. */
    @Test
    void whatNeedsNoSparkStartsNone() throws IOException {
        project.standIn("jdk/bin/java", "printf '%s\\n' \"$@\"");
        Map<String, String> environment = Map.of(
                "SPARK_HOME",
                project.installation("spark.hadoop.fs.defaultFS hdfs://a\n"),
                "JAVA_HOME",
                project.path("jdk").toString());
        for (List<String> command : List.of(
                List.of("inspect", "model"), List.of("train", "--help"), List.of("compare", "a", "--master", "yarn"))) {
            List<String> arguments = project.run(environment, "lockstep", command.toArray(String[]::new))
                    .expectSuccess()
                    .out()
                    .lines()
                    .toList();
            assertThat(arguments)
                    .contains("-Dspark.hadoop.fs.defaultFS=hdfs://a", "dev.lockstep.spark.cli.Lockstep", command.get(1))
                    .doesNotContain("--master");
        }
    }

    @Test
    void aTrainingOnThisMachineHasAPageUnlessItIsNotWanted() throws IOException {
        assertThat(submitted("", "--no-ui")).containsSequence("--conf", "spark.ui.enabled=false");
        assertThat(submitted("")).noneMatch(argument -> argument.startsWith("spark.ui.enabled"));
    }

    /** Java would read the bytes of other characters as question marks. */
    @Test
    void namesAreInUtf8WhateverTheLocale() throws IOException {
        String installation = project.installation("");
        project.standIn("installation/bin/spark-submit", "locale charmap");
        for (Map<String, String> locale : List.of(
                Map.of("LC_ALL", "C"),
                Map.of("LC_ALL", "", "LC_CTYPE", "POSIX", "LANG", ""),
                Map.of("LANG", "C.UTF-8"))) {
            Map<String, String> environment = new HashMap<>(locale);
            environment.put("SPARK_HOME", installation);
            assertThat(project.run(environment, "lockstep", "evaluate", "model")
                            .expectSuccess()
                            .out())
                    .isEqualTo("UTF-8\n");
        }
    }

    @Test
    void anInstallationWithoutSparkSubmitIsOneLine() throws IOException {
        String installation = project.installation("");
        Files.delete(project.path("installation/bin/spark-submit"));
        Scripts.Result result = project.run(Map.of("SPARK_HOME", installation), "lockstep", "evaluate", "model");
        assertThat(result.err())
                .isEqualTo("scripts/lockstep: SPARK_HOME=" + installation + " has no bin/spark-submit\n");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    /** Without spark-submit, and the second time with the classes that the first one kept. */
    @Test
    void servingStartsAJvmWithoutSpark() throws IOException {
        project.standIn(
                "jdk/bin/java",
                "[[ $1 != -XshowSettings* ]] || { echo ' java.specification.version = 17' >&2; exit; };"
                        + " printf '%s\\n' \"$@\"");
        Map<String, String> environment = Map.of(
                "SPARK_HOME",
                project.installation(""),
                "JAVA_HOME",
                project.path("jdk").toString());
        Path archive = project.path("driver/target/serve-17.jsa");
        assertThat(project.run(environment, "lockstep", "serve", "a model", "--port", "0")
                        .expectSuccess()
                        .out()
                        .lines())
                .contains("-XX:ArchiveClassesAtExit=" + archive)
                .containsSubsequence("dev.lockstep.nn.serve.Serve", "a model", "--port", "0");
        Files.createFile(archive);
        Files.setLastModifiedTime(archive, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        assertThat(project.run(environment, "lockstep", "serve", "model")
                        .expectSuccess()
                        .out()
                        .lines())
                .contains("-XX:SharedArchiveFile=" + archive);
    }

    @Test
    void theProjectsPropertiesHoldUnlessOthersAreSet() throws IOException {
        String other = project.write("other.conf", "spark.driver.memory: 1g\n").toString();
        assertThat(submitted(""))
                .contains("spark.driver.memory=4g", "spark.broadcast.compress=false")
                .as("the installation's own web page")
                .doesNotContain("spark.ui.enabled=false");
        assertThat(submitted("spark.broadcast.compress true\n"))
                .contains("spark.driver.memory=4g")
                .doesNotContain("spark.broadcast.compress=false");
        assertThat(submitted("spark.broadcast.compress true\n", "--properties-file", other))
                .contains("spark.broadcast.compress=false")
                .doesNotContain("spark.driver.memory=4g");
        assertThat(submitted("", "--conf=spark.broadcast.compress=true"))
                .contains("spark.broadcast.compress=true")
                .doesNotContain("spark.broadcast.compress=false");
        assertThat(submitted("", "--driver-memory", "1g"))
                .as("the later of the two counts")
                .containsSubsequence("spark.driver.memory=4g", "--driver-memory");
    }

    @Test
    void aJvmGetsOneCollector() throws IOException {
        String parallel = "-XX:+UseParallelGC";
        assertThat(submitted("")).anyMatch(argument -> argument.contains(parallel));
        assertThat(submitted("spark.executor.extraJavaOptions -Xss2m -XX:+UseG1GC -Xmn9m\n"))
                .noneMatch(argument -> argument.contains(parallel));
        assertThat(submitted("", "--driver-java-options=-XX:+UseZGC"))
                .noneMatch(argument -> argument.contains(parallel));
        assertThat(submitted("", "--conf=spark.driver.extraJavaOptions=-XX:-UseGCOverheadLimit"))
                .anyMatch(argument -> argument.contains(parallel));
    }

    @Test
    void theJarThatWasBuiltLastRuns() throws IOException {
        Path older = project.write("driver/target/lockstep-driver-1.jar", "");
        Files.setLastModifiedTime(older, FileTime.fromMillis(0));
        assertThat(submitted("")).anyMatch(argument -> argument.endsWith("lockstep-driver-2.jar"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"chaos", "memory"})
    void foldersOfOthersAreNotEmptied(String script) throws IOException {
        project.standIn("scripts/lockstep", TRAINED);
        project.standIn("scripts/cluster", "exit 1");
        Path file = project.write("mine/letter.txt", "dear");
        Scripts.Result refused =
                project.run(Map.of(), script, "--dir", file.getParent().toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .isEqualTo("scripts/" + script + ": " + file.getParent()
                        + " is not empty, and no earlier call made it: expected a new or an empty folder\n");
        assertThat(file).exists();

        Path own = Files.createDirectory(project.path("own"));
        project.run(Map.of(), script, "--dir", own.toString());
        Path left = Files.createFile(own.resolve("left"));
        assertThat(project.run(Map.of(), script, "--dir", own.toString()).err()).doesNotContain("is not empty");
        assertThat(left).doesNotExist();
    }

    @Test
    void chaosDoesNotReplaceTheRunsItComparesWith() throws IOException {
        String own = Files.createDirectory(project.path("own")).toString();
        assertThat(project.run(Map.of(), "chaos", "--dir", own, "--undisturbed", own + "/.")
                        .err())
                .startsWith("scripts/chaos: --undisturbed " + own + "/.: expected another folder");
    }

    @Test
    void anExperimentWithOtherSettingsIsAnotherOne() throws IOException {
        project.standIn("scripts/fetch-data", "");
        project.standIn("scripts/lockstep", "echo train >> calls; " + TRAINED);
        for (int i = 0; i < 2; i++) {
            for (String[] settings : new String[][] {{}, {"--set", "train.epochs=1"}, {"--set", "train.epochs=2"}}) {
                List<String> arguments = new ArrayList<>(List.of("--seeds", "1", "mnist-mlp"));
                arguments.addAll(List.of(settings));
                assertThat(project.run(Map.of(), "experiments", arguments.toArray(String[]::new))
                                .expectSuccess()
                                .out())
                        .matches("mnist-mlp 1 test rows accuracy 0\\.9 seconds \\d+ sha256 abc\n");
            }
        }
        assertThat(project.path("calls")).hasContent("train\ntrain\ntrain");

        Files.setLastModifiedTime(
                project.path("conf/mnist-mlp.yaml"), FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        project.run(Map.of(), "experiments", "--seeds", "1", "mnist-mlp").expectSuccess();
        assertThat(project.path("calls")).hasContent("train\ntrain\ntrain\ntrain");
    }

    @Test
    void anExperimentThatFailedHasNoResult() throws IOException {
        project.standIn("scripts/fetch-data", "");
        project.standIn("scripts/lockstep", "[[ $* != *data.test.path* ]] || exit 1; " + TRAINED);
        project.write(
                "driver/src/test/java/dev/lockstep/experiments/RotateImages.java",
                "class RotateImages { public static void main(String[] a) {} }");
        assertThat(project.run(Map.of(), "experiments", "--seeds", "1", "mnist-variational")
                        .exitCode())
                .isEqualTo(1);
        assertThat(project.path("runs/experiments/mnist-variational-1.log")).exists();
        assertThat(project.path("runs/experiments/mnist-variational-1.result")).doesNotExist();
    }

    @Test
    void whatAnInterruptedStartLeftIsStopped() throws IOException {
        project.standIn("scripts/cluster", "echo $1 >> calls; [[ $1 == stop ]]");
        assertThat(project.run(Map.of(), "bench-scaling", "w1").exitCode()).isEqualTo(1);
        assertThat(project.path("calls")).hasContent("start\nstop");
    }

    @Test
    void quickstartTellsWhereTheModelIs() throws IOException {
        project.standIn("scripts/fetch-data", "");
        project.standIn("scripts/lockstep", "printf '%s ' \"$@\"");
        assertThat(project.run(Map.of(), "quickstart", "--set", "output.dir=elsewhere")
                        .expectSuccess()
                        .out())
                .contains("--set output.dir=elsewhere \n", "The model:    elsewhere\n");
        assertThat(project.run(Map.of(), "quickstart").expectSuccess().out())
                .containsPattern("The model:    runs/mnist-mlp-\\d{8}-\\d{6}\n");
    }
}
