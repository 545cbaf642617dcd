package dev.lockstep.nn.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.nn.layer.Dropout;
import dev.lockstep.nn.optim.Adam;
import org.junit.jupiter.api.Test;

/** Ranges hold for the floats that values become. */
class ExpectTest {
    @Test
    void aValueIsInItsRangeAsAFloatToo() {
        assertThat(Expect.fractionFloat("x", 0.9999999)).isEqualTo(0.9999999);
        assertThat(Expect.fractionFloat("x", 0)).isZero();
        assertThatThrownBy(() -> Expect.fractionFloat("x", 0.99999999))
                .hasMessage("x: expected a number from 0 to below 1, got 0.99999999, which is 1 as a float");
        assertThatThrownBy(() -> Expect.fractionFloat("x", 1))
                .hasMessage("x: expected a number from 0 to below 1, got 1");
        assertThat(Expect.positiveFloat("x", 1e-45)).isEqualTo(1e-45);
        assertThatThrownBy(() -> Expect.positiveFloat("x", 1e-50))
                .hasMessage("x: expected a number above 0, got 1.0E-50, which is 0 as a float");
        assertThatThrownBy(() -> Expect.positiveFloat("x", 1e39))
                .hasMessage("x: expected a number above 0, got 1.0E39, which is Infinity as a float");
        assertThatThrownBy(() -> Expect.positiveFloat("x", 0)).hasMessage("x: expected a number above 0, got 0");
        assertThat(Expect.notNegativeFloat("x", 1e-50)).isEqualTo(1e-50);
        assertThatThrownBy(() -> Expect.notNegativeFloat("x", 1e39))
                .hasMessage("x: expected a number of at least 0, got 1.0E39, which is Infinity as a float");
    }

    @Test
    void whatIsUsedAsAFloatIsCheckedAsOne() {
        assertThatThrownBy(() -> new Adam(null, null, 0.99999999, null)).hasMessageStartingWith("beta2: ");
        assertThatThrownBy(() -> new Adam(null, null, null, 1e-50)).hasMessageStartingWith("epsilon: ");
        assertThatThrownBy(() -> new Dropout(0.99999999)).hasMessageStartingWith("rate: ");
    }
}
