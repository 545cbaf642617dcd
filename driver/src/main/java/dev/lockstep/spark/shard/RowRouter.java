package dev.lockstep.spark.shard;

import dev.lockstep.nn.data.CanonicalOrder;
import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.data.RowLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.TreeMap;
import scala.Tuple2;

/**
 * Sends one partition's rows to their shards: gathers them by (shard, group) and hands them on as {@link RowChunk}s,
 * never a row at a time. Keeps a bounded number of floats, whatever the partition holds.
 */
final class RowRouter implements Iterator<Tuple2<Long, byte[]>> {
    /** Floats kept before all of them are handed on. */
    static final int MOST_FLOATS = 1 << 23;

    /** Floats of the largest chunk. */
    private static final int CHUNK_FLOATS = 1 << 18;

    private final Iterator<PackedRows> input;
    private final CutPlan plan;
    private final RowLayout layout;
    private final int width;
    private final long hashSeed;
    private final Map<Long, Buffer> buffers = new TreeMap<>();
    private final Map<RowContent, int[]> heavyRows = new HashMap<>();
    private final Queue<Tuple2<Long, byte[]>> ready = new ArrayDeque<>();
    private long floats;

    RowRouter(Iterator<PackedRows> input, CutPlan plan, RowLayout layout, long hashSeed) {
        this.input = input;
        this.plan = plan;
        this.layout = layout;
        this.width = layout.width();
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
            PackedRows rows = input.next();
            for (int row = 0; row < rows.rows(); row++) {
                route(rows.values(), row * width);
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

    private void route(float[] values, int at) {
        int bucket = CutPlan.bucket(CanonicalOrder.hash(layout, values, at, hashSeed));
        if (plan.start(bucket) == plan.start(bucket + 1)) {
            // Not there when the rows were counted; the shard that gets it will notice that it has too many.
            send(plan.shards() - 1, plan.groups(), values, at);
        } else if (plan.isHeavy(bucket)) {
            collapse(bucket, values, at);
        } else {
            for (int shard = plan.firstShard(bucket); shard <= plan.lastShard(bucket); shard++) {
                send(shard, plan.group(bucket), values, at);
            }
        }
        if (floats > MOST_FLOATS) {
            flush();
        }
    }

    private void send(int shard, int group, float[] values, int at) {
        Buffer buffer = buffers.computeIfAbsent(key(shard, group), key -> new Buffer());
        buffer.add(values, at);
        floats += width;
        if ((long) buffer.rows * width >= CHUNK_FLOATS) {
            ready.add(new Tuple2<>(key(shard, group), buffer.drain()));
        }
    }

    private void collapse(int bucket, float[] values, int at) {
        RowContent content = new RowContent(bucket, Arrays.copyOfRange(values, at, at + width));
        int[] count = heavyRows.get(content);
        if (count == null) {
            count = new int[1];
            heavyRows.put(content, count);
            floats += width;
        }
        count[0]++;
        if (count[0] == Integer.MAX_VALUE) {
            flush();
        }
    }

    private void flush() {
        for (Map.Entry<Long, Buffer> entry : buffers.entrySet()) {
            if (entry.getValue().rows > 0) {
                ready.add(new Tuple2<>(entry.getKey(), entry.getValue().drain()));
            }
        }
        buffers.clear();
        heavyRows.forEach((content, count) -> {
            byte[] chunk = RowChunk.encode(content.values, 1, width, count);
            for (int shard = plan.firstShard(content.bucket); shard <= plan.lastShard(content.bucket); shard++) {
                ready.add(new Tuple2<>(key(shard, plan.group(content.bucket)), chunk));
            }
        });
        heavyRows.clear();
        floats = 0;
    }

    /** Rows on their way to one group of one shard. */
    private final class Buffer {
        private float[] values = new float[4 * width];
        private int rows;

        void add(float[] source, int at) {
            int end = Math.multiplyExact(rows + 1, width);
            if (end > values.length) {
                values = Arrays.copyOf(values, Math.multiplyExact(2, end));
            }
            System.arraycopy(source, at, values, rows * width, width);
            rows++;
        }

        byte[] drain() {
            byte[] chunk = RowChunk.encode(values, rows, width, null);
            floats -= (long) rows * width;
            rows = 0;
            return chunk;
        }
    }

    /** A row as the key of a map. */
    private static final class RowContent {
        private final int bucket;
        private final float[] values;

        RowContent(int bucket, float[] values) {
            this.bucket = bucket;
            this.values = values;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof RowContent row
                    && row.values.length == values.length
                    && CanonicalOrder.compareContent(values, 0, row.values, 0, values.length) == 0;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(ContentHash.hash(values, 0, values.length, 0));
        }
    }
}
