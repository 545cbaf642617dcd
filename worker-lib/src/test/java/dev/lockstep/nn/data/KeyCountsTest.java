package dev.lockstep.nn.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyCountsTest {
    private static KeyCounts of(long... keys) {
        KeyCounts counts = new KeyCounts();
        for (long key : keys) {
            counts.add(key);
        }
        return counts;
    }

    @Test
    void theNearestShareIsTaken() {
        KeyCounts counts = of(-5, -5, -5, 2, 9, 9);
        assertThat(counts.cuts(false, 0.1, 0.4, 0.6, 0.95)).containsExactly(-5, 2, 9, Long.MAX_VALUE);
        assertThat(counts.cuts(true, 0.1, 0.95)).as("no part is empty").containsExactly(2, 9);
        assertThat(of(7, 7).cuts(true, 0.4)).as("one key alone").containsExactly(7);
        assertThat(KeyCounts.part(new long[] {-5, 2, 9}, 1)).isEqualTo(1);
        assertThat(KeyCounts.part(new long[] {-5, 2, 9}, -6)).isZero();
        assertThat(KeyCounts.part(new long[] {-5, 2, 9}, 9)).isEqualTo(3);
    }

    /** However many keys there are, and in whatever parts they come. */
    @Test
    void manyKeysAreCountedInBoundedMemory() {
        Random random = new Random(3);
        KeyCounts whole = new KeyCounts();
        KeyCounts[] parts = {new KeyCounts(), new KeyCounts(), new KeyCounts()};
        for (int i = 0; i < 100_000; i++) {
            long key = random.nextLong();
            whole.add(key);
            parts[i % 7 % 3].add(key);
        }
        parts[2].merge(parts[0]);
        parts[2].merge(parts[1]);
        assertThat(whole.distinct()).isBetween(1, KeyCounts.MOST);
        assertThat(parts[2].total()).isEqualTo(100_000);
        assertThat(parts[2].cuts(false, 0.2, 0.5)).isEqualTo(whole.cuts(false, 0.2, 0.5));
        assertThat(whole.cuts(false, 0.5)[0] / 0x1p63).isBetween(-0.02, 0.02);
    }
}
