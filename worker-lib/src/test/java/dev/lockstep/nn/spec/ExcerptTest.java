package dev.lockstep.nn.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExcerptTest {
    @Test
    void longTextsAreCutAndSayHowLongTheyAre() {
        String eighty = "x".repeat(80);
        assertThat(Excerpt.of(eighty)).isEqualTo(eighty);
        assertThat(Excerpt.quoted(eighty)).isEqualTo("\"" + eighty + "\"");
        assertThat(Excerpt.of(eighty + "y")).isEqualTo(eighty + "... (81 characters)");
        assertThat(Excerpt.quoted(eighty + "yz")).isEqualTo("\"" + eighty + "...\" (82 characters)");
    }

    @Test
    void noCharacterIsCutInTwo() {
        String smiles = "x" + "\uD83D\uDE00".repeat(50);
        assertThat(Excerpt.of(smiles)).startsWith("x\uD83D\uDE00").contains("\uDE00... (101");
    }

    @Test
    void noTerminalObeysIt() {
        assertThat(Excerpt.quoted("\u001b[31mred\tna\u00efve\r\n\u202eabc \uD83D\uDE00"))
                .isEqualTo("\"\\u001b[31mred\\tna\u00efve\\r\\n\\u202eabc \uD83D\uDE00\"");
        assertThat(Excerpt.of("\n".repeat(81))).isEqualTo("\\n".repeat(80) + "... (81 characters)");
        assertThat(Excerpt.list(List.of("a\u0007"))).isEqualTo("a\\u0007");
    }

    @Test
    void longListsSayHowManyFollow() {
        assertThat(Excerpt.list(List.of("a", "b"))).isEqualTo("a, b");
        assertThat(Excerpt.list(Collections.nCopies(784, "pixel"))).endsWith("pixel, pixel and 684 more");
    }
}
