package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.BlockBuilder;
import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Builds one shard from the groups of rows sent to it, which come in the order of their hashes: sorts each group, and
 * cuts off the rows of neighbouring shards.
 */
final class ShardBuilder {
    private final CutPlan plan;
    private final RowLayout layout;
    private final long hashSeed;
    private final long from;
    private final long to;
    private final BlockBuilder rows;
    private int bucket = -1;
    /** Canonical number of the bucket's next row. */
    private long next;

    private final List<RowChunk> group = new ArrayList<>();

    ShardBuilder(CutPlan plan, int shard, RowLayout layout, long hashSeed, Consumer<Block> blocks) {
        this.plan = plan;
        this.layout = layout;
        this.hashSeed = hashSeed;
        this.from = plan.firstRow(shard);
        this.to = plan.firstRow(shard + 1);
        this.rows = new BlockBuilder(layout, plan.shardRows(shard), blocks);
    }

    /** Takes a chunk of the current group. */
    void add(RowChunk chunk) {
        group.add(chunk);
    }

    /** Takes all rows of the current group; the next chunk belongs to another. */
    void endGroup() {
        int distinct = 0;
        for (RowChunk chunk : group) {
            distinct = Math.addExact(distinct, chunk.rows().rows());
        }
        RowArray all = new RowArray(layout, distinct);
        int[] counts = new int[distinct];
        long[] hashes = new long[distinct];
        for (RowChunk chunk : group) {
            for (int i = 0; i < chunk.rows().rows(); i++) {
                hashes[all.rows()] = CanonicalOrder.hash(layout, chunk.rows(), i, hashSeed);
                counts[all.rows()] = chunk.count(i);
                all.add(chunk.rows(), i);
            }
        }
        group.clear();
        for (int sorted : CanonicalOrder.sort(hashes, all)) {
            append(CutPlan.bucket(hashes[sorted]), all, sorted, counts[sorted]);
        }
    }

    private void append(int rowBucket, RowArray sorted, int row, int count) {
        if (rowBucket != bucket) {
            bucket = rowBucket;
            next = plan.start(rowBucket);
        }
        long first = Math.max(from, next);
        long end = Math.min(to, next + count);
        for (long i = first; i < end; i++) {
            rows.add(sorted, row);
        }
        next += count;
    }

    /** Completes the shard's last block. */
    void finish() {
        rows.finish();
    }

    int rows() {
        return rows.rows();
    }

    /** The first row of each block, and after the last one the number of rows. */
    int[] firstRows() {
        return rows.firstRows();
    }

    double rowWeight() {
        return rows.rowWeight();
    }

    long digest() {
        return rows.digest();
    }
}
