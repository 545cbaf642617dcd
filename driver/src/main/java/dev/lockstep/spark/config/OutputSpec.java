package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;

/**
 * Where results go.
 *
 * @param dir directory of the model and of {@code metrics.jsonl}, on any Hadoop file system
 * @param tensorBoard whether there is an event file for TensorBoard too; not unless given
 */
public record OutputSpec(@JsonProperty(required = true) String dir, Boolean tensorBoard) {
    /** Applies the default and checks. */
    public OutputSpec {
        Expect.present("dir", dir);
        tensorBoard = requireNonNullElse(tensorBoard, false);
    }
}
