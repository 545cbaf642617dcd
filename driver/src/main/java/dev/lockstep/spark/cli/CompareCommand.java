package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.RunComparison;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep compare}: runs side by side. Does not start Spark. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description =
                "Compare runs: the settings in which they differ, their figures, and, on an HTML page, their curves.")
final class CompareCommand extends SparkCommand {
    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Output directories of runs.")
    private List<String> runs;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page that shows the curves of all runs in the same charts.")
    private @Nullable String file;

    CompareCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        List<FileDirectory> directories = new ArrayList<>();
        for (String run : runs) {
            directories.add(FileSystems.directory(run, configuration()));
        }
        RunComparison comparison = RunComparison.of(directories);
        List<String> lines = new ArrayList<>(comparison.text());
        if (file != null) {
            FileSystems.write(file, comparison.html().getBytes(StandardCharsets.UTF_8), configuration());
            lines.add("page " + file);
        }
        print(comparison.json(), lines);
        return 0;
    }
}
