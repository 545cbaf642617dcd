package dev.lockstep.spark.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.nn.io.ChecksumFile;
import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.nn.io.SavedModel;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.ConsoleProgress;
import dev.lockstep.spark.report.ModelSbom;
import dev.lockstep.spark.train.RunDirectory;
import dev.lockstep.spark.train.TrainingJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep verify}: whether a model is what its files, or its job and rows, say. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Check a model's files against their SHA-256 (without Spark), or train its job again and compare"
                + " the bits. The last line is: verified DIR sha256 HEX.")
final class VerifyCommand extends SparkCommand {
    @Parameters(paramLabel = "MODEL", description = "Directory of the model.")
    private String directory;

    @Option(names = "--retrain", description = "Train the job in MODEL/job.json again and compare the sha256.")
    private boolean retrain;

    @Mixin
    private JobOptions options;

    VerifyCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        if (!retrain && !options.settings().isEmpty()) {
            throw new JobException("--set", "it changes the job to train again; add --retrain");
        }
        FileDirectory files = FileSystems.directory(directory, configuration());
        List<String> checked = ChecksumFile.verify(files);
        SavedModel model = model(directory);
        List<String> lines = new ArrayList<>();
        ObjectNode object = object().put("verified", directory);
        if (checked == null) {
            streams()
                    .err()
                    .println("note: there is no " + ChecksumFile.NAME + " in " + files.location()
                            + "; the weights are those that model.json names");
        } else {
            lines.add("files " + String.join(" ", checked));
            object.set("files", SpecMapper.tree(checked));
        }
        String sha256 = model.description().sha256();
        boolean listed = ModelSbom.verify(files, sha256);
        if (listed) {
            lines.add("sbom " + ModelSbom.NAME);
        }
        object.put("sbom", listed);
        object.put("sha256", sha256).put("retrained", retrain);
        if (retrain) {
            lines.add(compare(files, sha256));
        }
        lines.add("verified " + directory + " sha256 " + sha256);
        print(object, lines);
        return 0;
    }

    private String compare(FileDirectory files, String sha256) throws IOException {
        String file = files.location(RunDirectory.JOB);
        if (!files.exists(RunDirectory.JOB)) {
            throw new JobException(file, "the file does not exist, so the job that trained the model is unknown");
        }
        JobSpec job = job(file, options.settings());
        String trained;
        try (ConsoleProgress progress = new ConsoleProgress(streams().err(), ConsoleProgress.onTerminal())) {
            trained = new TrainingJob(session("verify " + directory), job, progress)
                    .run()
                    .model()
                    .description()
                    .sha256();
        }
        if (!trained.equals(sha256)) {
            throw new JobException(
                    directory,
                    "the job trains a model with sha256 " + trained + ", the model has " + sha256
                            + ": the rows or the job differ from those of its training");
        }
        return "retrained " + file + " sha256 " + trained;
    }
}
