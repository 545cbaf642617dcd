package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.Block;
import dev.lockstep.nn.data.BlockBuilder;
import dev.lockstep.nn.data.CanonicalOrder;
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
    private final int width;
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
        this.width = layout.width();
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
            distinct = Math.addExact(distinct, chunk.rows());
        }
        float[] values = new float[Math.multiplyExact(distinct, width)];
        int[] counts = new int[distinct];
        long[] hashes = new long[distinct];
        int row = 0;
        for (RowChunk chunk : group) {
            System.arraycopy(chunk.values(), 0, values, row * width, chunk.rows() * width);
            for (int i = 0; i < chunk.rows(); i++) {
                hashes[row] = CanonicalOrder.hash(layout, values, row * width, hashSeed);
                counts[row++] = chunk.count(i);
            }
        }
        group.clear();
        for (int sorted : CanonicalOrder.sort(hashes, values, distinct, width)) {
            append(CutPlan.bucket(hashes[sorted]), values, sorted * width, counts[sorted]);
        }
    }

    private void append(int rowBucket, float[] values, int at, int count) {
        if (rowBucket != bucket) {
            bucket = rowBucket;
            next = plan.start(rowBucket);
        }
        long first = Math.max(from, next);
        long end = Math.min(to, next + count);
        for (long i = first; i < end; i++) {
            rows.add(values, at);
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

    double rowWeight() {
        return rows.rowWeight();
    }

    long digest() {
        return rows.digest();
    }
}
