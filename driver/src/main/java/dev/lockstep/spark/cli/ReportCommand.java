package dev.lockstep.spark.cli;

import dev.lockstep.nn.io.FileDirectory;
import dev.lockstep.spark.io.FileSystems;
import dev.lockstep.spark.report.RunReport;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lockstep report}: the page of a finished run. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Write report.html into a run's directory: curves, network, weights and job on one page."
                + " train does this at its end.")
final class ReportCommand extends SparkCommand {
    @Parameters(paramLabel = "RUN", description = "Output directory of a finished run.")
    private String run;

    ReportCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        FileDirectory directory = FileSystems.directory(run, configuration());
        RunReport.write(directory);
        String page = directory.location(RunReport.NAME);
        print(object().put("report", page), List.of("report " + page));
        return 0;
    }
}
