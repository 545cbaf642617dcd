package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileReason;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.describe.JobDraft;
import dev.lockstep.spark.ingest.Sources;
import dev.lockstep.spark.ingest.TableProfile;
import dev.lockstep.spark.ingest.Tables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep init}: from a table to a job file. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description =
                "Write a first job file for a table. The content of the columns decides the network, the loss and so"
                        + " on. Writes to standard output or to a file.")
final class InitCommand extends SparkCommand {
    @Parameters(paramLabel = "PATH", description = "A file, a directory, a pattern, or the name of a table.")
    private String path;

    @Option(names = "--label", required = true, description = "The column to predict.")
    private String label;

    @Mixin
    private TableOptions table;

    @Option(names = "--output", paramLabel = "JOB.yaml", description = "The file to write; it must not exist yet.")
    private Path output;

    @Option(names = "--model", defaultValue = "runs/first", description = "The job's output.dir: ${DEFAULT-VALUE}.")
    private String model;

    InitCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() {
        if (output != null && Files.exists(output)) {
            throw new JobException("--output " + output, "already exists");
        }
        SourceSpec source = table.source(path);
        Sources.check(source, source, configuration());
        TableProfile profile = TableProfile.of(Tables.of(session("init " + path)), source);
        List<String> lines = JobDraft.lines(profile, source, label, model);
        String text = String.join("\n", lines) + "\n";
        if (output == null) {
            print(object().put("text", text), lines);
            return 0;
        }
        try {
            Files.writeString(output, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw new JobException("--output " + output, "already exists", e);
        } catch (IOException e) {
            throw new JobException("--output " + output, "cannot be written: " + FileReason.of(e), e);
        }
        print(object().put("job", output.toString()), List.of("job " + output));
        return 0;
    }
}
