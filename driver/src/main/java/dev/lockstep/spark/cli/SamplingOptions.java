package dev.lockstep.spark.cli;

import dev.lockstep.spark.config.JobException;
import picocli.CommandLine.Option;

/** How often a network that is random is asked. */
final class SamplingOptions {
    @Option(
            names = "--samples",
            defaultValue = "0",
            paramLabel = "N",
            description = "Predictive samples: dropout masks and weights are drawn N times and the predictions mixed."
                    + " Default: none are drawn.")
    private int samples;

    /** The number given; 0: nothing is random. */
    int samples() {
        if (samples < 0) {
            throw new JobException("--samples", "expected at least 0, got " + samples);
        }
        return samples;
    }
}
