package dev.lockstep.nn.layer;

import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The valid steps of a pass whose rows have lengths of their own, without gaps: row after row, step after step. Layers
 * that sum over lines in blocks work on these, so that padding changes neither what they sum nor in which order.
 */
final class ValidLines {
    private int[] shardStart = new int[0];
    private int rows;
    private int floats;

    /**
     * Plans a pass.
     *
     * @param linesPerStep how many lines a step has
     * @param width of a line
     */
    void plan(Pass pass, int linesPerStep, int width) {
        rows = pass.rows();
        floats = linesPerStep * width;
        if (shardStart.length < pass.shards() + 1) {
            shardStart = new int[pass.shards() + 1];
        }
        int line = 0;
        for (int shard = 0; shard < pass.shards(); shard++) {
            shardStart[shard] = line;
            for (int row = pass.rowStart()[shard]; row < pass.rowStart()[shard + 1]; row++) {
                line += pass.length(row) * linesPerStep;
            }
        }
        shardStart[pass.shards()] = line;
    }

    /** First line of a shard; that of the number of shards is the number of lines. */
    int start(int shard) {
        return shardStart[shard];
    }

    /** Copies the valid steps of rows to lines without gaps. */
    void gather(Pass pass, Tensor from, Tensor lines) {
        int to = lines.offset();
        for (int row = 0; row < rows; row++) {
            int length = pass.length(row) * floats;
            System.arraycopy(from.array(), from.rowOffset(row), lines.array(), to, length);
            to += length;
        }
    }

    /** Copies lines to the valid steps of rows; steps beyond a row's end become 0. */
    void scatter(Pass pass, Tensor lines, Tensor to) {
        int from = lines.offset();
        for (int row = 0; row < rows; row++) {
            int length = pass.length(row) * floats;
            System.arraycopy(lines.array(), from, to.array(), to.rowOffset(row), length);
            from += length;
        }
        clear(pass, to);
    }

    /**
     * Valid steps of what two branches give together: as far as both are valid.
     *
     * @param one valid steps of a branch; null: all, or none that could be counted where the output is a vector
     * @param other those of the other one
     * @param vector whether the output is a vector
     * @param room overwritten, and perhaps returned
     */
    static int @Nullable [] common(
            Pass pass, int @Nullable [] one, int @Nullable [] other, boolean vector, int[] room) {
        if (one == null || other == null) {
            return vector ? null : one == null ? other : one;
        }
        for (int row = 0; row < pass.rows(); row++) {
            room[row] = Math.min(one[row], other[row]);
        }
        return room;
    }

    /** Sets the steps beyond the ends of a pass's rows to 0; nothing where all steps are valid. */
    static void clear(Pass pass, Tensor rows) {
        if (pass.lengths() == null) {
            return;
        }
        int steps = rows.shape().dimension(0);
        int floats = rows.shape().size() / steps;
        for (int row = 0; row < pass.rows(); row++) {
            Arrays.fill(rows.array(), rows.rowOffset(row) + pass.length(row) * floats, rows.rowOffset(row + 1), 0f);
        }
    }
}
