package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.RowArray;
import dev.lockstep.nn.data.RowLayout;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.TreeMap;
import scala.Tuple2;

/**
 * Sends one partition's rows to their shards: gathers them by (shard, group) and hands them on as {@link RowChunk}s,
 * never a row at a time. Keeps a bounded number of numbers, whatever the partition holds.
 */
final class RowRouter implements Iterator<Tuple2<Long, byte[]>> {
    /** Numbers kept before all of them are handed on. */
    static final int MOST_NUMBERS = 1 << 23;

    /** Numbers of the largest chunk. */
    private static final int CHUNK_NUMBERS = 1 << 18;

    private final Iterator<PackedRows> input;
    private final CutPlan plan;
    private final RowLayout layout;
    private final long hashSeed;
    private final Map<Long, RowArray> buffers = new TreeMap<>();
    private final Map<RowContent, int[]> heavyRows = new HashMap<>();
    private final Queue<Tuple2<Long, byte[]>> ready = new ArrayDeque<>();
    private long numbers;

    RowRouter(Iterator<PackedRows> input, CutPlan plan, RowLayout layout, long hashSeed) {
        this.input = input;
        this.plan = plan;
        this.layout = layout;
        this.hashSeed = hashSeed;
    }

    /** The key of a chunk: sorts by shard, then by group. */
    static long key(int shard, int group) {
        return (long) shard << 32 | group;
    }

    static int shard(long key) {
        return (int) (key >>> 32);
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && input.hasNext()) {
            RowArray rows = input.next().rows();
            for (int row = 0; row < rows.rows(); row++) {
                route(rows, row);
            }
        }
        if (ready.isEmpty()) {
            flush();
        }
        return !ready.isEmpty();
    }

    @Override
    public Tuple2<Long, byte[]> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void route(RowArray rows, int row) {
        int bucket = CutPlan.bucket(CanonicalOrder.hash(layout, rows, row, hashSeed));
        if (plan.start(bucket) == plan.start(bucket + 1)) {
            // Not there when the rows were counted; the shard that gets it will notice that it has too many.
            send(plan.shards() - 1, plan.groups(), rows, row);
        } else if (plan.isHeavy(bucket)) {
            collapse(bucket, rows, row);
        } else {
            for (int shard = plan.firstShard(bucket); shard <= plan.lastShard(bucket); shard++) {
                send(shard, plan.group(bucket), rows, row);
            }
        }
        if (numbers > MOST_NUMBERS) {
            flush();
        }
    }

    private void send(int shard, int group, RowArray rows, int row) {
        RowArray buffer = buffers.computeIfAbsent(key(shard, group), key -> new RowArray(layout, 4));
        int before = numbers(buffer);
        buffer.add(rows, row);
        numbers += numbers(buffer) - before;
        if (numbers(buffer) >= CHUNK_NUMBERS) {
            numbers -= numbers(buffer);
            ready.add(new Tuple2<>(key(shard, group), RowChunk.encode(buffer, null)));
            buffer.clear();
        }
    }

    private static int numbers(RowArray rows) {
        return rows.floats() + rows.entries();
    }

    private void collapse(int bucket, RowArray rows, int row) {
        RowArray one = new RowArray(layout, 1);
        one.add(rows, row);
        RowContent content = new RowContent(bucket, one, CanonicalOrder.hash(layout, one, 0, 0));
        int[] count = heavyRows.get(content);
        if (count == null) {
            count = new int[1];
            heavyRows.put(content, count);
            numbers += numbers(one);
        }
        count[0]++;
        if (count[0] == Integer.MAX_VALUE) {
            flush();
        }
    }

    private void flush() {
        buffers.forEach((key, buffer) -> {
            if (buffer.rows() > 0) {
                ready.add(new Tuple2<>(key, RowChunk.encode(buffer, null)));
            }
        });
        buffers.clear();
        heavyRows.forEach((content, count) -> {
            byte[] chunk = RowChunk.encode(content.row, count);
            for (int shard = plan.firstShard(content.bucket); shard <= plan.lastShard(content.bucket); shard++) {
                ready.add(new Tuple2<>(key(shard, plan.group(content.bucket)), chunk));
            }
        });
        heavyRows.clear();
        numbers = 0;
    }

    /** A row as the key of a map. */
    private static final class RowContent {
        private final int bucket;
        private final RowArray row;
        private final long hash;

        RowContent(int bucket, RowArray row, long hash) {
            this.bucket = bucket;
            this.row = row;
            this.hash = hash;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof RowContent content && row.compare(0, content.row, 0) == 0;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(hash);
        }
    }
}
