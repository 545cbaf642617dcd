package dev.lockstep.spark.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of commands that read a job file. */
final class JobOptions {
    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Replace a value of the job file: train.epochs=5, model.layers.0.dense.units=64,"
                    + " optimizer='{sgd: {learningRate: 0.1}}'. Can be repeated.")
    private List<String> settings = new ArrayList<>();

    List<String> settings() {
        return settings;
    }
}
