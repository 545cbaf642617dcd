package dev.lockstep.nn.data.column;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnProfileTest {
    /** Numbers, of which there are so many different ones, and a text in place of every fiftieth. */
    private static ColumnProfile nearlyNumbers(int rows, int distinct) {
        ColumnProfile profile = new ColumnProfile();
        for (int i = 0; i < rows; i++) {
            profile.add(i % 50 == 7 ? "broken" + i : String.valueOf(i % distinct / 4.0));
        }
        return profile;
    }

    /** Few, many, and more different cells than are counted: each time a line says what the texts may be. */
    @ParameterizedTest
    @ValueSource(ints = {5, 100, 1000, 9000})
    void textsAmongNumbersAreNoticed(int distinct) {
        int rows = 10_000;
        assertThat(nearlyNumbers(rows, distinct).suggestion().reason())
                .endsWith("200 of 10000 cells are not numbers; list the texts that mean a missing cell under nulls");
    }

    @Test
    void textsAmongDifferentNumbersAreNoticed() {
        ColumnProfile.Suggestion suggestion = nearlyNumbers(1000, 1000).suggestion();
        assertThat(suggestion.type()).isNull();
        assertThat(suggestion.reason())
                .isEqualTo("is different in each row; 20 of 1000 cells are not numbers; list the texts that mean a"
                        + " missing cell under nulls");
    }

    @Test
    void namesNeedNoNotice() {
        ColumnProfile profile = new ColumnProfile();
        for (int i = 0; i < 100; i++) {
            profile.add(i % 2 == 0 ? "3" : "many");
        }
        assertThat(profile.suggestion()).isEqualTo(new ColumnProfile.Suggestion(new OneHot(), ""));
    }
}
