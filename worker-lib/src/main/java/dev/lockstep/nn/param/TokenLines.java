package dev.lockstep.nn.param;

import dev.lockstep.nn.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of a pass's tokens by their vectors, one line a token, sorted by token; lines of one token by (shard,
 * row, step). Sorting costs what the pass's tokens cost, not what the vocabulary is large.
 */
public final class TokenLines {
    private final int tokens;
    private final int units;
    /** How many lines a token has, then where its next one goes; 0 for all tokens between two calls. */
    private final int[] next;

    private final int[] distinct;
    private final int[] end;
    private int count;
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
        next = new int[vocabulary];
        shardOfLine = new int[Math.multiplyExact(maxRows, tokens)];
        distinct = new int[Math.min(vocabulary, shardOfLine.length)];
        end = new int[distinct.length];
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
        count = 0;
        float[] cells = x.rows().array();
        for (int row = shardRows[0]; row < shardRows[shards]; row++) {
            int from = x.of(row);
            for (int t = 0; t < length(lengths, row); t++) {
                int token = (int) cells[from + t];
                if (next[token]++ == 0) {
                    distinct[count++] = token;
                }
            }
        }
        Arrays.sort(distinct, 0, count);
        int line = 0;
        for (int i = 0; i < count; i++) {
            int lines = next[distinct[i]];
            next[distinct[i]] = line;
            line += lines;
            end[i] = line;
        }
        place(shardRows, lengths, x, dy);
        for (int i = 0; i < count; i++) {
            next[distinct[i]] = 0;
        }
    }

    private void place(int[] shardRows, int @Nullable [] lengths, Cells x, Cells dy) {
        float[] cells = x.rows().array();
        for (int shard = 0; shard < shards; shard++) {
            for (int row = shardRows[shard]; row < shardRows[shard + 1]; row++) {
                int from = x.of(row);
                for (int t = 0; t < length(lengths, row); t++) {
                    int line = next[(int) cells[from + t]]++;
                    shardOfLine[line] = shard;
                    System.arraycopy(dy.rows().array(), dy.of(row) + t * units, gradients, line * units, units);
                }
            }
        }
    }

    private int length(int @Nullable [] lengths, int row) {
        return lengths == null ? tokens : lengths[row];
    }

    /** How many different tokens there are to be. */
    public int vocabulary() {
        return next.length;
    }

    /** Size of a token's vector. */
    public int units() {
        return units;
    }

    /** How many different tokens the pass has. */
    public int count() {
        return count;
    }

    /** The {@code i}-th of them, in increasing order. */
    public int token(int i) {
        return distinct[i];
    }

    /** One past the last line of the {@code i}-th token. */
    public int end(int i) {
        return end[i];
    }

    /**
     * First line of the {@code i}-th token in each shard, and after the last shard its end; valid until the next call.
     */
    public int[] shardLines(int i) {
        if (shardLines.length < shards + 1) {
            shardLines = new int[shards + 1];
        }
        int line = i == 0 ? 0 : end[i - 1];
        for (int shard = 0; shard < shards; shard++) {
            shardLines[shard] = line;
            while (line < end[i] && shardOfLine[line] == shard) {
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
