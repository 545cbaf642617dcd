package dev.lockstep.spark.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;

/**
 * Where results go.
 *
 * @param dir directory of the model and of {@code metrics.jsonl}, on any Hadoop file system
 */
public record OutputSpec(@JsonProperty(required = true) String dir) {
    /** Checks. */
    public OutputSpec {
        Expect.present("dir", dir);
    }
}
