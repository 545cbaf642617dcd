package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CanonicalOrderTest {
    private static final RowLayout LAYOUT = new RowLayout(Shape.of(3), Shape.of(1), false, false);
    private static final int WIDTH = LAYOUT.width();

    /** Rows of few distinct values, so that many are equal. */
    private static float[] rows(int count, int distinct, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count * WIDTH];
        for (int row = 0; row < count; row++) {
            Random content = new Random(random.nextInt(distinct));
            for (int i = 0; i < WIDTH; i++) {
                values[row * WIDTH + i] = content.nextFloat();
            }
        }
        return values;
    }

    private static float[] shuffled(float[] values, long seed) {
        List<Integer> order = new ArrayList<>(
                IntStream.range(0, values.length / WIDTH).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        float[] result = new float[values.length];
        for (int i = 0; i < order.size(); i++) {
            System.arraycopy(values, order.get(i) * WIDTH, result, i * WIDTH, WIDTH);
        }
        return result;
    }

    private static float[] concatenated(List<MemoryShard> shards, int rows) {
        float[] all = new float[rows * WIDTH];
        int at = 0;
        for (MemoryShard shard : shards) {
            for (int i = 0; i < shard.blocks(); i++) {
                Block block = shard.block(i);
                System.arraycopy(block.packed().values(), 0, all, at, block.rows() * WIDTH);
                at += block.rows() * WIDTH;
            }
        }
        assertThat(at).isEqualTo(all.length);
        return all;
    }

    @Test
    void sortsByUnsignedHashAndThenByContent() {
        int rows = 300;
        float[] values = rows(rows, 40, 1);
        // Hashes with many collisions, to see the order by content too.
        long[] hashes = new long[rows];
        for (int row = 0; row < rows; row++) {
            hashes[row] = ContentHash.hash(values, row * WIDTH, WIDTH, 9) >> 61;
        }
        Integer[] expected = IntStream.range(0, rows).boxed().toArray(Integer[]::new);
        Arrays.sort(
                expected,
                Comparator.<Integer, String>comparing(row -> String.format("%016x", hashes[row]))
                        .thenComparing(row -> content(values, row)));
        int[] order = CanonicalOrder.sort(hashes, RowArray.of(LAYOUT, values, rows));
        assertThat(Arrays.stream(order).mapToObj(row -> content(values, row)))
                .containsExactly(
                        Arrays.stream(expected).map(row -> content(values, row)).toArray(String[]::new));
    }

    private static String content(float[] values, int row) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < WIDTH; i++) {
            text.append(String.format("%08x", Float.floatToRawIntBits(values[row * WIDTH + i])));
        }
        return text.toString();
    }

    @Test
    void theOrderOfTheInputDoesNotMatter() {
        float[] values = rows(1000, 600, 2);
        List<MemoryShard> expected = CanonicalOrder.shards(LAYOUT, values, 1000, 7, 11);
        List<MemoryShard> actual = CanonicalOrder.shards(LAYOUT, shuffled(values, 3), 1000, 7, 11);
        assertThat(actual.stream().map(MemoryShard::digest))
                .containsExactlyElementsOf(
                        expected.stream().map(MemoryShard::digest).toList());
        assertThat(concatenated(actual, 1000)).isEqualTo(concatenated(expected, 1000));
    }

    @Test
    void shardsAreCutFromOneOrder() {
        float[] values = rows(10_000, 9_000, 4);
        float[] whole = concatenated(CanonicalOrder.shards(LAYOUT, values, 10_000, 1, 11), 10_000);
        for (int shards : new int[] {2, 3, 8, 64}) {
            List<MemoryShard> cut = CanonicalOrder.shards(LAYOUT, values, 10_000, shards, 11);
            assertThat(concatenated(cut, 10_000)).isEqualTo(whole);
            for (MemoryShard shard : cut) {
                assertThat(shard.rows())
                        .isEqualTo((shard.shard() + 1) * 10_000 / shards - shard.shard() * 10_000 / shards);
            }
        }
    }

    @Test
    void theSeedDecidesTheOrder() {
        float[] values = rows(100, 100, 5);
        assertThat(CanonicalOrder.shards(LAYOUT, values, 100, 1, 1).get(0).digest())
                .isNotEqualTo(
                        CanonicalOrder.shards(LAYOUT, values, 100, 1, 2).get(0).digest());
    }

    @Test
    void findsTheShardOfARow() {
        for (int rows = 1; rows < 40; rows++) {
            for (int shards = 1; shards < 45; shards++) {
                for (int shard = 0; shard < shards; shard++) {
                    long from = CanonicalOrder.firstRow(shard, shards, rows);
                    long to = CanonicalOrder.firstRow(shard + 1, shards, rows);
                    for (long row = from; row < to; row++) {
                        assertThat(CanonicalOrder.shardOf(row, shards, rows)).isEqualTo(shard);
                    }
                }
            }
        }
    }

    @Test
    void fewerRowsThanShardsLeaveShardsEmpty() {
        List<MemoryShard> shards = CanonicalOrder.shards(LAYOUT, rows(3, 3, 6), 3, 8, 1);
        assertThat(shards.stream().mapToInt(MemoryShard::rows)).containsExactly(0, 0, 1, 0, 0, 1, 0, 1);
        assertThat(shards.get(0).digest()).isEqualTo(ShardDigest.EMPTY);
    }
}
