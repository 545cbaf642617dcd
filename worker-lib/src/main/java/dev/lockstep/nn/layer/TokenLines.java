package dev.lockstep.nn.layer;

import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;

/** The gradients of a pass's tokens, one line a step, sorted by token; lines of one token by (shard, row, step). */
final class TokenLines {
    private final int units;
    private final int[] end;
    private final int[] shardOfLine;
    private final float[] gradients;
    private int[] shardLines = new int[0];
    private int shards;

    TokenLines(int vocabulary, int units, int maxLines) {
        this.units = units;
        end = new int[vocabulary + 1];
        shardOfLine = new int[maxLines];
        gradients = new float[Math.multiplyExact(maxLines, units)];
    }

    /**
     * Sorts a pass.
     *
     * @param x read: valid token indexes
     * @param dy read: gradients by the tokens' vectors
     */
    void sort(Pass pass, Tensor x, Tensor dy) {
        shards = pass.shards();
        Arrays.fill(end, 0);
        for (int row = 0; row < pass.rows(); row++) {
            for (int t = 0; t < length(pass, row, x); t++) {
                end[(int) x.array()[x.rowOffset(row) + t] + 1]++;
            }
        }
        for (int token = 1; token < end.length; token++) {
            end[token] += end[token - 1];
        }
        // Now end[token] is where the token's lines begin; placing them moves it to where they end.
        for (int shard = 0; shard < shards; shard++) {
            for (int row = pass.rowStart()[shard]; row < pass.rowStart()[shard + 1]; row++) {
                for (int t = 0; t < length(pass, row, x); t++) {
                    int line = end[(int) x.array()[x.rowOffset(row) + t]]++;
                    shardOfLine[line] = shard;
                    System.arraycopy(dy.array(), dy.rowOffset(row) + t * units, gradients, line * units, units);
                }
            }
        }
    }

    private static int length(Pass pass, int row, Tensor x) {
        return pass.lengths() == null ? x.shape().size() : pass.lengths()[row];
    }

    private int first(int token) {
        return token == 0 ? 0 : end[token - 1];
    }

    /** One past the last line of a token. */
    int end(int token) {
        return end[token];
    }

    /** How many lines a token has. */
    int count(int token) {
        return end[token] - first(token);
    }

    /** First line of a token in each shard, and after the last shard its end; valid until the next call. */
    int[] shardLines(int token) {
        if (shardLines.length < shards + 1) {
            shardLines = new int[shards + 1];
        }
        int line = first(token);
        for (int shard = 0; shard < shards; shard++) {
            shardLines[shard] = line;
            while (line < end[token] && shardOfLine[line] == shard) {
                line++;
            }
        }
        shardLines[shards] = line;
        return shardLines;
    }

    /** {@code [lines, units]}: the gradients. */
    float[] gradients() {
        return gradients;
    }
}
