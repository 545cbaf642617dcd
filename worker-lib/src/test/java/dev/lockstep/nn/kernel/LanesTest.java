package dev.lockstep.nn.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The width that vectors are asked to have. */
class LanesTest {
    @Test
    void isOneThatThereIs() {
        assertThat(Lanes.bits("256")).isEqualTo(256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"25x", "64", "", "0x100"})
    void anyOtherIsAnError(String asked) {
        assertThatThrownBy(() -> Lanes.bits(asked))
                .hasMessage("system property lockstep.vectorBits: expected 128, 256 or 512, got " + asked);
    }
}
