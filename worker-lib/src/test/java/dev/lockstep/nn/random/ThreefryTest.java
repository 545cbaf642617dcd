package dev.lockstep.nn.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThreefryTest {
    /** The known answers that are published with Random123 for threefry2x32 with 20 rounds. */
    @Test
    void knownAnswers() {
        check(0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x6b200159, 0x99ba4efe);
        check(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7);
        check(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xc4923a9c, 0x483df7a0);
    }

    private static void check(int counter0, int counter1, int key0, int key1, int word0, int word1) {
        assertThat(Threefry.block(pair(key0, key1), pair(counter0, counter1))).isEqualTo(pair(word0, word1));
    }

    private static long pair(int word0, int word1) {
        return word0 & 0xFFFFFFFFL | (long) word1 << 32;
    }
}
