package dev.lockstep.nn.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
    private static final long KEY = StreamKey.key(42, Purpose.AUGMENT);

    @Test
    void wordsAreTheHalvesOfTheBlocks() {
        for (long i : new long[] {0, 1, 2, 7, 1L << 33, (1L << 33) + 1}) {
            long block = Threefry.block(KEY, i / 2);
            assertThat(CounterRandom.word(KEY, i)).isEqualTo((int) (i % 2 == 0 ? block : block >>> 32));
        }
    }

    @Test
    void boundedIsTheUpperPartOfTheProduct() {
        for (long bound : new long[] {1, 2, 3, 10, 1 << 20, Integer.MAX_VALUE, 1L << 32}) {
            for (int i = 0; i < 1000; i++) {
                BigInteger bits = new BigInteger(Long.toUnsignedString(Threefry.block(KEY, i)));
                long expected =
                        bits.multiply(BigInteger.valueOf(bound)).shiftRight(64).longValueExact();
                assertThat(CounterRandom.bounded(KEY, i, bound))
                        .isEqualTo(expected)
                        .isBetween(0L, bound - 1);
            }
        }
        assertThatThrownBy(() -> CounterRandom.bounded(KEY, 0, 0)).hasMessageContaining("got 0");
    }

    @Test
    void permutationsHoldEveryNumberAndFavourNone() {
        int[] counts = new int[25];
        int[] five = new int[5];
        for (int i = 0; i < 20_000; i++) {
            CounterRandom.permutation(StreamKey.fold(KEY, i), five);
            for (int place = 0; place < 5; place++) {
                counts[place * 5 + five[place]]++;
            }
        }
        // Expected 4,000 each, standard deviation 57: 5 of them.
        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(3717, 4283));

        int[] many = new int[1000];
        CounterRandom.permutation(KEY, many);
        assertThat(Arrays.stream(many).sorted())
                .isEqualTo(IntStream.range(0, 1000).boxed().toList());
        CounterRandom.permutation(KEY, new int[0]);
    }

    @Test
    void keysDifferInEveryPart() {
        Set<Long> keys = new HashSet<>();
        int made = 0;
        for (Purpose purpose : Purpose.values()) {
            for (int bits = 0; bits < 32; bits++) {
                keys.add(StreamKey.key(bits & 1, purpose, bits >> 1 & 1, bits >> 2 & 1, bits >> 3 & 1, bits >> 4 & 1));
                made++;
            }
        }
        assertThat(keys).hasSize(made);
    }

    /** Pinned: a change of the mixing or of a purpose's number would change every model. */
    @Test
    void keysNeverChange() {
        assertThat(StreamKey.mix(0x9E3779B97F4A7C15L)).isEqualTo(0xE220A8397B1DCDAFL);
        assertThat(Arrays.stream(Purpose.values()).mapToInt(Purpose::number))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    }
}
