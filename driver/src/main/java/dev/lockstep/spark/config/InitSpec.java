package dev.lockstep.spark.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;

/**
 * A warm start: layers that begin as those of a trained model, not as the seed says.
 *
 * @param from directory of the model, on any Hadoop file system
 * @param layers which layers may be taken: names, where {@code *} stands for any characters; null: all
 * @param freeze which of the layers that are taken stay as they are, written alike; null: none
 */
public record InitSpec(@JsonProperty(required = true) String from, Names layers, Names freeze) {
    /** Checks. */
    public InitSpec {
        Expect.present("from", from);
    }
}
