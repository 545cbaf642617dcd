package dev.lockstep.nn.layer.recurrent;

import dev.lockstep.nn.layer.Pass;
import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How the sequences of a pass are laid out for working step by step: one line a valid step, the lines of a step
 * together. Rows are taken longest first (rows of equal length in their order), so that the rows which continue at step
 * {@code t} are the first {@code active(t)} places, and a step's lines are a matrix without gaps. Steps beyond a row's
 * end have no line.
 *
 * <p>Sums over lines, the weights' gradients, need another order, which does not depend on what else is in the pass:
 * shard by shard, in a shard step by step, in a step by row.
 */
final class SequencePlan {
    private final int maxSteps;
    private final int[] rowAt;
    private final int[] lengthAt;
    private final int[] active;
    private final int[] start;
    private final int[] placeOf;
    private final int[] lineInOrder;
    private final int[] lineBefore;
    private final int[] longerThan;
    private int[] shardLines = new int[0];
    private int rows;
    private int steps;
    private boolean inOrder;

    /** Room for so many rows of so many steps. */
    SequencePlan(int maxRows, int maxSteps) {
        this.maxSteps = maxSteps;
        rowAt = new int[maxRows];
        lengthAt = new int[maxRows];
        placeOf = new int[maxRows];
        active = new int[maxSteps + 1];
        start = new int[maxSteps + 1];
        longerThan = new int[maxSteps + 2];
        lineInOrder = new int[Math.multiplyExact(maxRows, maxSteps)];
        lineBefore = new int[lineInOrder.length];
    }

    /** Plans a pass. */
    void plan(Pass pass) {
        rows = pass.rows();
        sortByLength(pass.lengths());
        steps = rows == 0 ? 0 : lengthAt[0];
        int lines = 0;
        int going = rows;
        for (int t = 0; t < maxSteps; t++) {
            while (going > 0 && lengthAt[going - 1] <= t) {
                going--;
            }
            active[t] = going;
            start[t] = lines;
            lines += going;
        }
        start[maxSteps] = lines;
        orderLines(pass);
    }

    /** Counting sort, longest first, stable. */
    private void sortByLength(int @Nullable [] lengths) {
        Arrays.fill(longerThan, 0);
        for (int row = 0; row < rows; row++) {
            longerThan[maxSteps - length(lengths, row) + 1]++;
        }
        for (int i = 1; i < longerThan.length; i++) {
            longerThan[i] += longerThan[i - 1];
        }
        for (int row = 0; row < rows; row++) {
            int length = length(lengths, row);
            int place = longerThan[maxSteps - length]++;
            rowAt[place] = row;
            lengthAt[place] = length;
            placeOf[row] = place;
        }
    }

    private int length(int @Nullable [] lengths, int row) {
        return lengths == null ? maxSteps : lengths[row];
    }

    private void orderLines(Pass pass) {
        if (shardLines.length < pass.shards() + 1) {
            shardLines = new int[pass.shards() + 1];
        }
        int next = 0;
        inOrder = true;
        for (int shard = 0; shard < pass.shards(); shard++) {
            shardLines[shard] = next;
            for (int t = 0; t < steps; t++) {
                for (int row = pass.rowStart()[shard]; row < pass.rowStart()[shard + 1]; row++) {
                    if (placeOf[row] < active[t]) {
                        lineInOrder[next] = start[t] + placeOf[row];
                        inOrder &= lineInOrder[next] == next;
                        lineBefore[next++] = t == 0 ? -1 : start[t - 1] + placeOf[row];
                    }
                }
            }
        }
        shardLines[pass.shards()] = next;
    }

    /** Rows of the pass. */
    int rows() {
        return rows;
    }

    /** Steps of the longest row. */
    int steps() {
        return steps;
    }

    /** Lines in all: valid steps of all rows. */
    int lines() {
        return start[maxSteps];
    }

    /** First line of a step. */
    int start(int step) {
        return start[step];
    }

    /** Lines of a step: rows that are longer than {@code step}. */
    int active(int step) {
        return active[step];
    }

    /** The row at a place. */
    int row(int place) {
        return rowAt[place];
    }

    /** Length of the row at a place. */
    int length(int place) {
        return lengthAt[place];
    }

    /** Whether the terms of sums over lines are in the order of the lines. */
    boolean inOrder() {
        return inOrder;
    }

    /** Line of the {@code i}-th term of sums over lines. */
    int lineInOrder(int i) {
        return lineInOrder[i];
    }

    /** Line of the same row a step before that of the {@code i}-th term; -1 in the first step. */
    int lineBefore(int i) {
        return lineBefore[i];
    }

    /** The ranges of terms that belong to each shard. */
    int[] shardLines() {
        return shardLines;
    }

    /** Copies the valid steps of rows to their lines. */
    void toLines(Tensor rowsOfSteps, int width, float[] lines) {
        for (int t = 0; t < steps; t++) {
            for (int place = 0; place < active[t]; place++) {
                int from = rowsOfSteps.rowOffset(rowAt[place]) + t * width;
                System.arraycopy(rowsOfSteps.array(), from, lines, (start[t] + place) * width, width);
            }
        }
    }

    /** Copies lines to the steps of rows; steps beyond a row's end become 0. */
    void fromLines(float[] lines, int linesOffset, int width, Tensor rowsOfSteps) {
        for (int t = 0; t < maxSteps; t++) {
            for (int place = 0; place < rows; place++) {
                int to = rowsOfSteps.rowOffset(rowAt[place]) + t * width;
                if (place < active[t]) {
                    System.arraycopy(lines, linesOffset + (start[t] + place) * width, rowsOfSteps.array(), to, width);
                } else {
                    Arrays.fill(rowsOfSteps.array(), to, to + width, 0f);
                }
            }
        }
    }
}
