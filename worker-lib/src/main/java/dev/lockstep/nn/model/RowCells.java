package dev.lockstep.nn.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the cells of a row, by their names, become what a {@link Predictor} takes. For one thread. */
interface RowCells {
    /** The names of the cells that a row needs. */
    List<String> names();

    /**
     * The features of a row.
     *
     * @param row its number, for complaints
     * @param cells by the names of their columns
     * @return the features, and the number of steps where the predictor takes it
     * @throws InvalidRowException if a cell is missing, or nothing that its column takes
     */
    float[] features(int row, Map<String, ? extends @Nullable Object> cells);
}
