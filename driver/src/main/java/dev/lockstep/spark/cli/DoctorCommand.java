package dev.lockstep.spark.cli;

import dev.lockstep.spark.config.JobException;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.doctor.Diagnosis;
import dev.lockstep.spark.doctor.Doctor;
import dev.lockstep.spark.ingest.Sources;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep doctor}: what is set up badly, and how long an epoch takes. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Examine a job and the cluster before a long training: processes, settings, and the seconds of an"
                + " epoch for each way to add up gradients. Prints what to change. Writes no files.")
final class DoctorCommand extends SparkCommand {
    @Parameters(paramLabel = "JOB.yaml", description = "The job file.")
    private String file;

    @Mixin
    private JobOptions options;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            paramLabel = "S",
            description = "How long to train each way. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    DoctorCommand(Streams streams) {
        super(streams);
    }

    @Override
    public Integer call() throws IOException {
        if (!(seconds > 0)) {
            throw new JobException("--seconds", "expected more than 0, got " + seconds);
        }
        JobSpec job = job(file, options.settings());
        Sources.check(job.data(), configuration());
        Diagnosis diagnosis =
                new Doctor(session("doctor " + file), job, seconds, streams().err()::println).examine();
        print(diagnosis.json(), diagnosis.lines());
        return 0;
    }
}
