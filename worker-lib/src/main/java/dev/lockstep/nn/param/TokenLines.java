package dev.lockstep.nn.param;

import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of a pass's tokens by their vectors, one line a token, sorted by token; lines of one token by (shard,
 * row, step).
 */
public final class TokenLines {
    private final int tokens;
    private final int units;
    private final int[] end;
    private final int[] shardOfLine;
    private final float[] gradients;
    private int[] shardLines = new int[0];
    private int shards;

    /**
     * Room for the tokens of a pass.
     *
     * @param vocabulary how many different tokens there are
     * @param units size of a token's vector
     * @param maxRows the most rows
     * @param tokens how many tokens a row has, those behind its end included
     */
    public TokenLines(int vocabulary, int units, int maxRows, int tokens) {
        this.tokens = tokens;
        this.units = units;
        end = new int[vocabulary + 1];
        shardOfLine = new int[Math.multiplyExact(maxRows, tokens)];
        gradients = new float[Math.multiplyExact(shardOfLine.length, units)];
    }

    /**
     * Sorts a pass.
     *
     * @param shardRows the first row of each shard, and after the last shard how many rows there are
     * @param shardCount how many shards
     * @param lengths how many of each row's tokens count; null: all
     * @param x read: valid tokens, those of a row from its first feature on
     * @param dy read: the gradients by their vectors, those of a row from its first number on
     */
    public void sort(int[] shardRows, int shardCount, int @Nullable [] lengths, Tensor x, Tensor dy) {
        sort(shardRows, shardCount, lengths, new Cells(x, 0), new Cells(dy, 0));
    }

    /**
     * Numbers of rows.
     *
     * @param rows all numbers of the rows
     * @param at where in a row these begin
     */
    public record Cells(Tensor rows, int at) {
        private int of(int row) {
            return rows.rowOffset(row) + at;
        }
    }

    /** The same for tokens and vectors that do not begin their rows. */
    public void sort(int[] shardRows, int shardCount, int @Nullable [] lengths, Cells x, Cells dy) {
        shards = shardCount;
        Arrays.fill(end, 0);
        float[] cells = x.rows().array();
        for (int row = shardRows[0]; row < shardRows[shards]; row++) {
            int from = x.of(row);
            for (int t = 0; t < length(lengths, row); t++) {
                end[(int) cells[from + t] + 1]++;
            }
        }
        for (int token = 1; token < end.length; token++) {
            end[token] += end[token - 1];
        }
        // Now end[token] is where the token's lines begin; placing them moves it to where they end.
        for (int shard = 0; shard < shards; shard++) {
            for (int row = shardRows[shard]; row < shardRows[shard + 1]; row++) {
                int from = x.of(row);
                for (int t = 0; t < length(lengths, row); t++) {
                    int line = end[(int) cells[from + t]]++;
                    shardOfLine[line] = shard;
                    System.arraycopy(dy.rows().array(), dy.of(row) + t * units, gradients, line * units, units);
                }
            }
        }
    }

    private int length(int @Nullable [] lengths, int row) {
        return lengths == null ? tokens : lengths[row];
    }

    private int first(int token) {
        return token == 0 ? 0 : end[token - 1];
    }

    /** One past the last line of a token. */
    public int end(int token) {
        return end[token];
    }

    /** How many lines a token has. */
    public int count(int token) {
        return end[token] - first(token);
    }

    /** First line of a token in each shard, and after the last shard its end; valid until the next call. */
    public int[] shardLines(int token) {
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
    public float[] gradients() {
        return gradients;
    }
}
