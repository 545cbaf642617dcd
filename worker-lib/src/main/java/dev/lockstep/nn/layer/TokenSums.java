package dev.lockstep.nn.layer;

import dev.lockstep.nn.kernel.Gemm;
import dev.lockstep.nn.param.Gradient;
import dev.lockstep.nn.param.TokenLines;
import dev.lockstep.nn.tensor.Matrix;
import dev.lockstep.nn.tensor.RowSparseMatrix;
import dev.lockstep.nn.tensor.Segments;
import dev.lockstep.nn.tensor.Vector;
import java.util.Arrays;

/** The gradient of a table of vectors: for each token the sum of its lines, within a shard in their order. */
final class TokenSums {
    private final Gemm gemm;
    private final Segments linesOfToken = new Segments();
    private final Matrix summed = new Matrix();
    private final Vector sums = new Vector();

    TokenSums(Gemm gemm) {
        this.gemm = gemm;
    }

    /**
     * Computes the gradient of a node.
     *
     * @param lines sorted
     * @param node the table's gradient is overwritten
     * @param table offset of the table
     * @param firstToken the token of the table's first vector; lower ones have none
     */
    void sum(TokenLines lines, Gradient.Node node, int table, int firstToken) {
        RowSparseMatrix rows = node.rows(table);
        int units = lines.units();
        if (rows == null) {
            int end = node.index(table) + (lines.vocabulary() - firstToken) * units;
            Arrays.fill(node.array(table), node.index(table), end, 0f);
        } else {
            rows.clear(lines.count());
        }
        for (int i = 0; i < lines.count(); i++) {
            int row = lines.token(i) - firstToken;
            int[] shards = lines.shardLines(i);
            if (row < 0 || shards[node.from()] == shards[node.to()]) {
                continue;
            }
            float[] into = rows == null ? node.array(table) : rows.values();
            int at = rows == null ? node.index(table) + row * units : rows.add(row);
            gemm.columnSums(
                    linesOfToken.at(shards, node.from(), node.to()),
                    summed.at(lines.gradients(), 0, lines.end(i), units),
                    sums.at(into, at, units));
        }
    }
}
