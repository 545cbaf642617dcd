package dev.lockstep.spark.cli;

import dev.lockstep.spark.config.JobException;
import picocli.CommandLine.Option;

/** How many samples of the network make a prediction. */
final class SamplingOptions {
    @Option(
            names = "--samples",
            defaultValue = "0",
            paramLabel = "N",
            description = "Predictive samples: draw dropout masks and weights N times and mix the predictions."
                    + " Default: draw none.")
    private int samples;

    /** The number given; 0: nothing is random. */
    int samples() {
        if (samples < 0) {
            throw new JobException("--samples", "expected at least 0, got " + samples);
        }
        return samples;
    }
}
