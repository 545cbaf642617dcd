package dev.lockstep.nn.layer;

/**
 * The shards' row ranges of a pass counted in parts of a row: the steps of a sequence or the positions of an image, of
 * which each row has the same number. For layers that map parts alike, so that a matrix has one line a part.
 */
final class StepRows {
    private final int partsPerRow;
    private int[] start = new int[0];

    StepRows(int partsPerRow) {
        this.partsPerRow = partsPerRow;
    }

    /** First part of each shard of the pass, and after the last one the number of parts. */
    int[] of(Pass pass) {
        if (partsPerRow == 1) {
            return pass.rowStart();
        }
        if (start.length < pass.shards() + 1) {
            start = new int[pass.shards() + 1];
        }
        for (int shard = 0; shard <= pass.shards(); shard++) {
            start[shard] = pass.rowStart()[shard] * partsPerRow;
        }
        return start;
    }
}
