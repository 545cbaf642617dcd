package dev.lockstep.spark.ml;

import dev.lockstep.nn.loss.PredictionColumn;
import dev.lockstep.nn.loss.PredictionColumn.Content;
import java.util.List;

/**
 * Finds what Params ask for among the columns that a network's predictions have.
 *
 * @param uid the stage's, for errors
 * @param columns what there is
 */
record Wanted(String uid, List<PredictionColumn> columns) {
    /** The columns with some content: one a number that is predicted. */
    List<PredictionColumn> of(Content content) {
        return columns.stream().filter(column -> column.content() == content).toList();
    }

    /**
     * Adds what a Param asks for.
     *
     * @param param its name
     * @param name the column to write; empty: nothing is asked for
     * @throws IllegalArgumentException if the network does not say that
     */
    void add(String param, String name, Content content, List<PredictionColumn> found) {
        if (name.isEmpty()) {
            return;
        }
        List<PredictionColumn> there = of(content);
        if (there.isEmpty()) {
            throw new IllegalArgumentException(uid + ": " + param
                    + ": the network does not predict this column; expected samples above 0, an ensemble, or a"
                    + " loss that predicts a variance");
        }
        found.addAll(there);
    }
}
