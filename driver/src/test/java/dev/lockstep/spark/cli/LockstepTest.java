package dev.lockstep.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.io.LocalDirectory;
import dev.lockstep.nn.io.LockstepVersion;
import dev.lockstep.nn.io.ModelDescription;
import dev.lockstep.nn.io.ModelFiles;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.model.ModelSpec;
import dev.lockstep.nn.model.Network;
import dev.lockstep.nn.onnx.OnnxExport;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line does without Spark. */
class LockstepTest {
    @TempDir
    Path temporary;

    private void fails(int code, String message, String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.err()).isEqualTo("error: " + message + "\n");
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(code);
    }

    private String saved() {
        ModelSpec spec = new ModelSpec(
                List.of(
                        new Dense(512, new Activation.Relu()),
                        new Dropout(0.2),
                        new Dense(2),
                        new Activation.Softmax()),
                new CrossEntropy());
        Network network = Network.bind(spec, Shape.of(2, 2, 1));
        ModelFiles.save(
                new LocalDirectory(temporary.resolve("model")),
                SavedModel.of(
                        network,
                        network.initialize(7),
                        Scaling.of(0, 255),
                        7,
                        new ModelDescription.Columns(
                                List.of("no", "yes"),
                                List.of("answer"),
                                List.of("a", "b", "c", "d"),
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .set(
                                                "source",
                                                JsonNodeFactory.instance
                                                        .objectNode()
                                                        .put("path", "rows.csv")))));
        return temporary.resolve("model").toString();
    }

    @Test
    void inspectShowsLayersShapesAndTheFingerprint() {
        String directory = saved();
        String sha256 = ModelFiles.load(new LocalDirectory(Path.of(directory)))
                .description()
                .sha256();
        CommandLineRun run = CommandLineRun.of("inspect", directory);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo("""
            model      %s, written by Lockstep %s
            input      [2, 2, 1], columns a, b, c, d
            scaling    (x - 0.0) / 255.0
              layer      output  parameters                   count
              dense_1    [512]   weight [4, 512], bias [512]  2,560
              dropout_1  [512]                                    0
              dense_2    [2]     weight [512, 2], bias [2]    1,026
            loss       crossEntropy {labelSmoothing: 0.0}
            output     [2], columns answer
            classes    2: no, yes
            parameters 3,586
            seed       7
            sha256     %s
            """.formatted(directory, LockstepVersion.current(), sha256));
    }

    @Test
    void everyCommandSpeaksJson() throws IOException {
        JsonNode model = new ObjectMapper()
                .readTree(CommandLineRun.of("inspect", saved(), "--json").out());
        assertThat(model.path("parameters").asInt()).isEqualTo(3586);
        assertThat(model.path("layers").size()).isEqualTo(3);
        assertThat(model.path("classes").get(1).asText()).isEqualTo("yes");
        CommandLine line = new CommandLine(new Lockstep(), new CommandFactory(new Streams(System.out, System.err)));
        line.getSubcommands()
                .forEach((name, command) -> assertThat(command.getCommandSpec().findOption("--json"))
                        .as(name)
                        .isNotNull());
    }

    @Test
    void aShellCompletesCommandsAndOptions() {
        String script = CommandLineRun.of("completion").out();
        assertThat(script).contains("complete -F _complete_lockstep", "evaluate", "--overwrite");
    }

    /** Before Spark is started, which takes seconds. */
    @Test
    void rowsThatAreNotThereAreRefusedAtOnce() throws IOException {
        Path job = Files.writeString(
                temporary.resolve("job.yaml"), JOB + "output: {dir: " + temporary.resolve("run") + "}\n");
        fails(1, "none.csv: no such file", "train", "" + job);
        Path rows = Files.writeString(temporary.resolve("rows.csv"), "1,2\n");
        fails(1, "no/*.csv: no such file", "train", "" + job, "--set", "data={train: " + rows + ", test: no/*.csv}");
        fails(
                1,
                saved() + ": there is no job.json in the model's directory; name the rows with --job JOB.yaml",
                "evaluate",
                saved());
        fails(1, "none.csv: no such file", "predict", saved(), "--input", "none.csv", "--output", "" + temporary);
        fails(1, "none.csv: no such file", "describe", "none.csv");
        fails(1, "none.csv: no such file", "init", "none.csv", "--label", "y");
        assertThat(SparkSession.getDefaultSession().isEmpty()).isTrue();
    }

    @Test
    void exportWritesAnOnnxFile() throws IOException {
        String directory = saved();
        Path file = temporary.resolve("exported/my model.onnx");
        CommandLineRun run = CommandLineRun.of("export", directory, "--onnx", file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("onnx " + file + "\n");
        assertThat(file.getParent().toFile().list()).containsExactly("my model.onnx");
        byte[] onnx = Files.readAllBytes(file);
        assertThat(onnx).isEqualTo(OnnxExport.of(ModelFiles.load(new LocalDirectory(Path.of(directory))), 17));
        fails(
                1,
                "--onnx " + file + ": already exists; --overwrite replaces it",
                "export",
                directory,
                "--onnx",
                file.toString());
        assertThat(CommandLineRun.of("export", directory, "--onnx", file.toString(), "--overwrite", "--opset", "14")
                        .code())
                .isZero();
        assertThat(Files.readAllBytes(file)).isNotEqualTo(onnx);
        fails(
                1,
                directory + ": opset: expected 14 to 17, got 9",
                "export",
                directory,
                "--onnx",
                temporary + "/x.onnx",
                "--opset",
                "9");
    }

    @Test
    void importReadsAnOnnxFile() throws IOException {
        String directory = saved();
        String file = temporary.resolve("my model.onnx").toString();
        CommandLineRun.of("export", directory, "--onnx", file);
        String output = temporary.resolve("imported").toString();
        SavedModel model = ModelFiles.load(new LocalDirectory(Path.of(directory)));
        CommandLineRun run = CommandLineRun.of("import", file, "--output", output);
        assertThat(run.err()).isEmpty();
        String sha256 = model.description().sha256();
        assertThat(run.out()).isEqualTo("model " + output + " sha256 " + sha256 + "\n");
        SavedModel imported = ModelFiles.load(new LocalDirectory(Path.of(output)));
        assertThat(imported.description().classes())
                .isEqualTo(model.description().classes());
        fails(
                1,
                "--output " + output + ": already contains a model; --overwrite replaces it",
                "import",
                file,
                "--output",
                output);
        assertThat(CommandLineRun.of("import", file, "--output", output, "--overwrite")
                        .code())
                .isZero();
        Files.writeString(Path.of(output, "job.json"), "{}");
        fails(
                1,
                "--output " + output + ": contains files that are not part of a model; choose another directory",
                "import",
                file,
                "--output",
                output,
                "--overwrite");
        String other = output + "2";
        String none = temporary.resolve("none.onnx").toString();
        assertThat(CommandLineRun.of("import", none, "--output", other).err())
                .startsWith("error: " + none + ": cannot be read: ");
        String text = Path.of(output, "job.json").toString();
        assertThat(CommandLineRun.of("import", text, "--output", other).err())
                .startsWith("error: " + text + ": not an ONNX file: ");
        assertThat(CommandLineRun.of("import", file, "--loss", "crossEntrop", "--output", other)
                        .err())
                .startsWith("error: --loss: ")
                .contains("crossEntropy");
        assertThat(Path.of(other)).doesNotExist();
    }

    @Test
    void whatIsNotAModel() throws IOException {
        fails(
                1,
                temporary + "/x/model.json: the file does not exist, so " + temporary + "/x is not a model",
                "inspect",
                temporary + "/x");
        Files.writeString(temporary.resolve("model.json"), "{");
        CommandLineRun run = CommandLineRun.of("inspect", temporary.toString());
        assertThat(run.err())
                .startsWith("error: " + temporary + "/model.json: not JSON: ")
                .hasLineCount(1);
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void stackTracesOnlyWhenAskedFor() {
        assertThat(CommandLineRun.of("inspect", temporary + "/x", "-v").err())
                .startsWith("error: " + temporary + "/x/model.json: ")
                .contains("\tat dev.lockstep.nn.io.ModelFiles.");
        assertThat(CommandLineRun.of("-v", "inspect", temporary + "/x").err()).contains("\tat ");
    }

    @Test
    void wrongCommandLines() {
        fails(2, "Missing required subcommand (lockstep --help shows the options)");
        fails(
                2,
                "Unmatched argument at index 0: 'trian'; did you mean \"train\"? (lockstep --help shows the options)",
                "trian");
        fails(2, "Missing required parameter: 'MODEL' (lockstep inspect --help shows the options)", "inspect");
        fails(
                2,
                "Unknown option: '--overwrit'; did you mean \"--overwrite\"? (lockstep train --help shows the options)",
                "train",
                "job.yaml",
                "--overwrit");
    }

    @Test
    void wrongJobFiles() throws IOException {
        fails(
                1,
                temporary + "/none.yaml: the job file cannot be read: the file does not exist",
                "train",
                temporary + "/none.yaml");
        Path job = temporary.resolve("job.yaml");
        Files.writeString(job, "data: {train: x}\nmodle: 3\n");
        fails(1, job + ":2: modle: unknown key; did you mean \"model\"?", "train", job.toString());
        fails(1, "--set a: expected key=value, such as train.epochs=5", "train", job.toString(), "--set", "a");
    }

    @Test
    void theFileSystemsReasonIsSaid() throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("folder"));
        fails(1, directory + ": the job file cannot be read: is a directory, expected a file", "train", "" + directory);
        Path file = Files.writeString(temporary.resolve("afile"), "");
        Path job = Files.writeString(temporary.resolve("job.yaml"), JOB + "output: {dir: " + file + "}\n");
        String isFile = " cannot be written: " + file + " is a file, expected a directory";
        fails(1, "output.dir: " + file + isFile, "train", "" + job);
        fails(1, "output.dir: " + file + "/x/y" + isFile, "train", "" + job, "--set", "output.dir=" + file + "/x/y");
        fails(
                1,
                "checkpoint.dir: " + file + "/c" + isFile,
                "train",
                "" + job,
                "--set",
                "output.dir=" + directory,
                "--set",
                "checkpoint={every: {epochs: 1}, dir: " + file + "/c}");
    }

    private static final String JOB = "data: {train: none.csv}\nmodel: {layers: [{dense: 3}], loss: crossEntropy}\n";

    /** Not root, who may do everything. */
    @Test
    void whereNobodyMayWriteOrReadIsSaid() throws IOException {
        Path locked = Files.createDirectory(temporary.resolve("locked"));
        Path job = Files.writeString(temporary.resolve("job.yaml"), JOB + "output: {dir: " + locked + "/x}\n");
        assumeThat(locked.toFile().setWritable(false)).isTrue();
        assumeThat(Files.isWritable(locked)).isFalse();
        fails(
                1,
                "output.dir: " + locked + "/x cannot be written: permission denied to write to " + locked,
                "train",
                "" + job);
        assumeThat(job.toFile().setReadable(false)).isTrue();
        fails(1, job + ": the job file cannot be read: permission denied", "train", "" + job);
    }

    @Test
    void argumentsThatTheLocaleCannotSayAreRefused() {
        fails(
                2,
                "output.dir=o/\uFFFD\uFFFDn: the locale cannot express these characters; set LC_ALL=C.UTF-8, as"
                        + " scripts/lockstep does",
                "train",
                "job.yaml",
                "--set",
                "output.dir=o/\uFFFD\uFFFDn");
    }

    @Test
    void anEarlierRunIsNotOverwrittenUnasked() throws IOException {
        String directory = saved();
        Path job = temporary.resolve("job.yaml");
        Files.writeString(
                job,
                "data: {train: none.csv}\nmodel: {layers: [{dense: 2}], loss: crossEntropy}\noutput: {dir: " + directory
                        + "}\n");
        fails(
                1,
                job + ": output.dir: " + directory
                        + "/model.json already exists from an earlier run; --overwrite replaces it,"
                        + " --set output.dir=DIR keeps it",
                "train",
                job.toString());
        assertThat(ModelFiles.load(new LocalDirectory(Path.of(directory)))
                        .description()
                        .seed())
                .isEqualTo(7);
    }

    /** Under --supervise a cluster restarts a driver until its exit code is 0. */
    @Test
    void whatWouldFailAgainIsNotRestarted() throws IOException {
        Path wrong = Files.writeString(temporary.resolve("job.yaml"), JOB + "trian: {}\n");
        System.setProperty("spark.driver.supervise", "true");
        try {
            for (String[] arguments : new String[][] {{"train", wrong.toString()}, {"trian"}}) {
                CommandLineRun run = CommandLineRun.of(arguments);
                assertThat(run.code()).isZero();
                assertThat(run.err())
                        .startsWith("error: ")
                        .endsWith("\n" + Supervision.NOT_RESTARTED + "\n")
                        .hasLineCount(2);
            }
            // Perhaps only until a file system is back.
            assertThat(CommandLineRun.of("train", temporary + "/none.yaml").code())
                    .isOne();
        } finally {
            System.clearProperty("spark.driver.supervise");
        }
        assertThat(CommandLineRun.of("train", wrong.toString()).code()).isOne();
    }

    @Test
    void noTerminalObeysAMessage() {
        assertThat(CommandLineRun.of("inspect", temporary + "/\u001b[31mred\u202e\u0007")
                        .err())
                .contains("/\\u001b[31mred\\u202e\\u0007/model.json: the file does not exist")
                .doesNotContain("\u001b");
    }

    @Test
    void helpAndVersion() {
        assertThat(CommandLineRun.of("--version").out()).isEqualTo("Lockstep " + LockstepVersion.current() + "\n");
        assertThat(CommandLineRun.of("--help").out()).contains("train", "evaluate", "predict", "inspect");
        assertThat(CommandLineRun.of("train", "--help").out()).contains("--set=KEY=VALUE", "--overwrite", "JOB.yaml");
    }
}
