package dev.lockstep.spark.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of commands that read a job file. */
final class JobOptions {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Put a value in the place of the job file's: train.epochs=5, model.layers.0.dense.units=64,"
                    + " optimizer='{sgd: {learningRate: 0.1}}'. May be given again.")
    private List<String> settings = new ArrayList<>();

    List<String> settings() {
        return settings;
    }
}
