package dev.lockstep.nn.train;

import dev.lockstep.nn.data.column.FeatureColumns;
import java.io.Serializable;

/**
 * The exchange of cells between rows that shows how much a network needs a column (permutation importance, Breiman
 * 2001; Fisher, Rudin and Dominici 2019): the cells of one column at a time, all other columns stay. Travels to
 * wherever the rows are.
 *
 * <p>Cells move within a shard, as {@link dev.lockstep.nn.data.PermutedRows} says.
 *
 * @param columns whose cells are exchanged
 * @param repeats permutations a column
 * @param seed decides the permutations
 * @param classes how many classes there are, each of which is measured too; 0: none
 */
public record ColumnPermutation(FeatureColumns columns, int repeats, long seed, int classes) implements Serializable {
    /** How often all rows are measured: as they are, and with each permutation of each column. */
    int passes() {
        return Math.addExact(1, Math.multiplyExact(columns.columns().size(), repeats));
    }

    /** Sums a pass: of all rows, and of those of each class. */
    int groups() {
        return 1 + classes;
    }

    /** Where the sums of a pass begin. */
    int sums(int column, int repeat) {
        return (1 + column * repeats + repeat) * groups();
    }

    /** Sums of all passes together. */
    int allSums() {
        return Math.multiplyExact(passes(), groups());
    }
}
