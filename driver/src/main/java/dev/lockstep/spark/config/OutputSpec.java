package dev.lockstep.spark.config;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.spec.Expect;
import org.jspecify.annotations.Nullable;

/**
 * Where results go.
 *
 * @param dir directory of the model and of {@code metrics.jsonl}, on any Hadoop file system
 * @param examples how many of the rows that judge the model are kept beside it, those on which it is worst; 12 unless
 *     given
 * @param tensorBoard whether there is an event file for TensorBoard too; not unless given
 * @param mlflow a tracking server to which the training is reported; null: none
 * @param license what others may do with the model, in words or as SPDX names it; null: it is not said
 */
public record OutputSpec(
        @JsonProperty(required = true) String dir,
        Integer examples,
        Boolean tensorBoard,
        @Nullable MlflowSpec mlflow,
        @Nullable String license) {
    private static final int EXAMPLES = 12;
    private static final int MOST_EXAMPLES = 100;

    /** Applies the default and checks. */
    public OutputSpec {
        Expect.present("dir", dir);
        examples = requireNonNullElse(examples, EXAMPLES);
        if (examples < 0 || examples > MOST_EXAMPLES) {
            throw new IllegalArgumentException("examples: expected 0 to " + MOST_EXAMPLES + ", got " + examples);
        }
        tensorBoard = requireNonNullElse(tensorBoard, false);
        if (license != null && license.isBlank()) {
            throw new IllegalArgumentException("license: expected a name such as Apache-2.0, got an empty text");
        }
    }

    /** The directory, and whether there is an event file; all else as unless given. */
    @SuppressWarnings("NullAway") // what is absent is null to the canonical constructor
    public OutputSpec(String dir, Boolean tensorBoard) {
        this(dir, null, tensorBoard, null, null);
    }
}
