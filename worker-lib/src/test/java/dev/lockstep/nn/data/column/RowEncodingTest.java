package dev.lockstep.nn.data.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Raw cells of each kind, measured and encoded. */
class RowEncodingTest {
    private static ColumnSpec spec(String json) {
        try {
            return SpecMapper.bind(SpecMapper.json().readTree(json), ColumnSpec.class, "");
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Measures cells of one column, writes and reads what came out. */
    private static RowEncoding fit(String json, Object... cells) {
        List<ColumnSpec> specs = List.of(spec(json));
        RowReader reader = new RowReader(List.of("c"), specs, null);
        List<ColumnSummary> summaries = new ArrayList<>(List.of(specs.get(0).summary()));
        try {
            for (Object cell : cells) {
                if (reader.read(new Object[] {cell})) {
                    reader.addTo(summaries);
                }
            }
        } catch (CellException e) {
            throw new IllegalStateException(e.getMessage());
        }
        RowEncoding encoding = RowEncoding.of(List.of("c"), summaries, null);
        RowEncoding again = SpecMapper.bind(SpecMapper.tree(encoding), RowEncoding.class, "");
        assertThat(again).isEqualTo(encoding);
        return again;
    }

    private static float[] encode(RowEncoding encoding, Object cell) {
        RowEncoder encoder = encoding.encoder();
        float[] out = new float[encoder.width()];
        try {
            assertThat(encoder.read(new Object[] {cell})).isTrue();
            encoder.encode(out, 0);
        } catch (CellException e) {
            throw new IllegalStateException(e.getMessage());
        }
        return out;
    }

    private static float number(RowEncoding encoding, Object cell) {
        float[] out = encode(encoding, cell);
        assertThat(out).hasSize(1);
        return out[0];
    }

    @Test
    void numbersAreStandardisedWhateverFormTheyCameIn() {
        RowEncoding encoding = fit("\"number\"", "1", 2, 3L, new BigDecimal("4"), 5f);
        float expected = (float) ((4 - 3) / Math.sqrt(2));
        assertThat(number(encoding, " 4.0 ")).isEqualTo(expected);
        assertThat(number(encoding, 4)).isEqualTo(expected);
        assertThat(number(fit("\"number\"", true, false), true)).isEqualTo(1);
        assertThat(number(fit("\"number\"", 7, 7), 9)).as("only shifted").isEqualTo(2);
    }

    /** A float cannot tell 1700000000 from 1700000063. */
    @Test
    void largeNumbersAreCentredBeforeTheyAreRounded() {
        RowEncoding encoding = fit("\"number\"", 1_700_000_000L, 1_700_000_002L);
        assertThat(number(encoding, 1_700_000_000L)).isEqualTo(-1);
        assertThat(number(encoding, 1_700_000_002L)).isEqualTo(1);
        RowEncoding ranged = fit("{\"number\": {\"scale\": \"minMax\"}}", 1e300, 1e300 * (1 + 1e-15));
        assertThat(number(ranged, 1e300)).isZero();
    }

    private static String text(RowEncoding encoding, Object cell) {
        return encoding.texts(encode(encoding, cell)).get(0);
    }

    /** What a report shows of a row whose cells are not there any more. */
    @Test
    void aPersonReadsWhatACellWas() {
        assertThat(text(fit("\"number\"", 1, 2, 30), 2)).isEqualTo("2");
        assertThat(text(fit("{\"number\": {\"scale\": \"log1p\"}}", 0, 5, 20), 5))
                .isEqualTo("5");
        assertThat(text(fit("{\"number\": {\"missing\": \"indicator\"}}", 1, null, 3), null))
                .isEqualTo("(missing)");
        RowEncoding pieces = fit("{\"number\": {\"pieces\": 3}}", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        for (double x : new double[] {-2.5, 0, 4.25, 9, 31}) {
            assertThat(Double.parseDouble(text(pieces, x))).isCloseTo(x, within(1e-5));
        }
        RowEncoding bins = fit("{\"number\": {\"bins\": 3}}", 0, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(List.of(text(bins, -1), text(bins, 4), text(bins, 9)))
                .containsExactly("below 2", "from 2 below 5", "from 5");
        assertThat(text(fit("\"category\"", "a", "b", "b"), "b")).isEqualTo("b");
        RowEncoding hot = fit("\"oneHot\"", "a", "b", "b");
        assertThat(text(hot, "a")).isEqualTo("a");
        assertThat(text(fit("{\"oneHot\": {\"hash\": 8}}", "a"), "a")).matches("#[0-7]");
        assertThat(text(fit("{\"words\": {\"sequence\": 4}}", "to be or", "or not"), "or what to"))
                .isEqualTo("or (other) to");
        assertThat(text(fit("\"words\"", "to be or", "or not"), "not to be").split(" "))
                .containsExactlyInAnyOrder("to", "be", "not");
        RowEncoding time = fit(
                "{\"time\": {\"parts\": [\"hour\", \"weekday\", \"year\"]}}",
                "2024-05-06T13:00:00",
                "2025-01-01T00:00:00");
        assertThat(text(time, "2024-05-06T13:00:00")).isEqualTo("hour 13, weekday 1, 2024");
    }

    @Test
    void scales() {
        assertThat(number(fit("{\"number\": {\"scale\": \"none\"}}", 5), 9)).isEqualTo(9);
        assertThat(number(fit("{\"number\": {\"scale\": \"minMax\"}}", 10, 30), 15))
                .isEqualTo(0.25f);
        RowEncoding log = fit("{\"number\": {\"scale\": \"log1p\"}}", 0, Math.E * Math.E - 1);
        assertThat(number(log, Math.E - 1)).isZero();
        assertThat(number(fit("{\"number\": {\"scale\": \"none\", \"clip\": [0, 120]}}", 5), 999))
                .isEqualTo(120);
        assertThatThrownBy(() -> fit("{\"number\": {\"scale\": \"log1p\"}}", -1))
                .hasMessage("c: expected a number above -1 for log1p, got -1.0");
    }

    @ParameterizedTest
    @CsvSource({"mean, 3", "median, 2", "mostFrequent, 1", "{constant: -4}, -4"})
    void missingNumbers(String missing, float expected) {
        String policy = missing.startsWith("{") ? "{\"constant\": -4}" : '"' + missing + '"';
        RowEncoding encoding =
                fit("{\"number\": {\"missing\": " + policy + ", \"scale\": \"none\"}}", 1, null, 1, 2, "NA", 4, 7);
        for (Object nothing : new Object[] {null, "", "  ", "NA", "n/a", "NaN", "null", "None", "?", Double.NaN}) {
            assertThat(number(encoding, nothing)).isEqualTo(expected);
        }
        assertThat(number(encoding, 7)).isEqualTo(7);
    }

    @Test
    void whatIsFilledInCountsInWhatIsStandardised() {
        RowEncoding encoding = fit("{\"number\": {\"missing\": {\"constant\": 5}}}", 1, null);
        assertThat(number(encoding, 1)).isEqualTo(-1);
        assertThat(number(encoding, null)).isEqualTo(1);
    }

    @Test
    void anIndicatorIsAnInputOfItsOwn() {
        RowEncoding encoding = fit("{\"number\": {\"missing\": \"indicator\"}}", 1, 3, null);
        assertThat(encode(encoding, null)).containsExactly(0, 1);
        assertThat(encode(encoding, 3)[1]).isZero();
    }

    @Test
    void rowsMayBeLeftOut() throws CellException {
        RowEncoding encoding = fit("{\"number\": \"dropRow\"}", 1, 3, null);
        assertThat(encoding.encoder().read(new Object[] {null})).isFalse();
        assertThat(number(encoding, 3)).isEqualTo(1);
    }

    @Test
    void aMissingNumberIsAnErrorUnlessSomethingStandsForIt() {
        assertThatThrownBy(() -> fit("\"number\"", 1, "NA"))
                .hasMessage("c: expected a number, got nothing; missing: sets what replaces it");
        RowEncoding encoding = fit("\"number\"", 1, 2);
        assertThatThrownBy(() -> encode(encoding, null))
                .hasMessage("c: expected a number, got nothing; missing: sets what replaces it");
        assertThatThrownBy(() -> encode(encoding, "ten")).hasMessage("c: expected a number, got \"ten\"");
        assertThatThrownBy(() -> encode(encoding, "inf")).hasMessage("c: expected a finite number, got \"inf\"");
        assertThatThrownBy(() -> encode(encoding, 1e300))
                .hasMessage("c: expected a number that fits a float, got 1.0E300, which becomes 2.0E300");
        assertThatThrownBy(() -> fit("{\"number\": \"mean\"}", null, ""))
                .hasMessage("data.columns.c: no training row has a number to measure; leave the column out");
    }

    @Test
    void binsHoldEquallyManyRows() {
        RowEncoding encoding = fit("{\"number\": {\"bins\": 4}}", 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(encode(encoding, 1)).containsExactly(1, 0, 0, 0);
        assertThat(encode(encoding, -9)).containsExactly(1, 0, 0, 0);
        assertThat(encode(encoding, 2)).containsExactly(0, 1, 0, 0);
        assertThat(encode(encoding, 99)).containsExactly(0, 0, 0, 1);
        assertThat(encode(fit("{\"number\": {\"bins\": 4}}", 1, 1, 1, 1, 1, 2), 2))
                .containsExactly(1);
    }

    @Test
    void categoriesComeInTheOrderOfTheirCounts() {
        RowEncoding encoding = fit("\"oneHot\"", "b", "a", "c", "c", " a ", "b", "c");
        assertThat(encode(encoding, "c")).containsExactly(1, 0, 0);
        assertThat(encode(encoding, "a")).as("equally frequent").containsExactly(0, 1, 0);
        assertThat(encode(encoding, "new")).as("nothing is known of it").containsExactly(0, 0, 0);
        assertThat(encode(encoding, null)).as("no training row lacked it").containsExactly(0, 0, 0);
    }

    @Test
    void rareAndMissingCategoriesAreCategories() {
        RowEncoding encoding = fit("{\"oneHot\": {\"least\": 2}}", "a", "a", "b", null, "");
        assertThat(encode(encoding, "a")).containsExactly(1, 0, 0);
        assertThat(encode(encoding, "b")).containsExactly(0, 1, 0);
        assertThat(encode(encoding, "never seen")).containsExactly(0, 1, 0);
        assertThat(encode(encoding, null)).containsExactly(0, 0, 1);
        RowEncoding most = fit("{\"oneHot\": {\"most\": 1}}", "a", "a", "b");
        assertThat(encode(most, "b")).containsExactly(0, 1);
    }

    @Test
    void wholeNumbersAreOneCategoryInWhateverForm() {
        RowEncoding encoding = fit("\"oneHot\"", 3L, 3L, 9_007_199_254_740_993L);
        for (Object three : new Object[] {"3", "3.0", 3, 3.0, 3f, (short) 3, new BigDecimal("3.00")}) {
            assertThat(encode(encoding, three)).containsExactly(1, 0);
        }
        assertThat(encode(encoding, "9007199254740993")).containsExactly(0, 1);
        assertThat(encode(encoding, 9_007_199_254_740_992L)).containsExactly(0, 0);
        assertThat(encode(encoding, "007")).containsExactly(0, 0);
    }

    @Test
    void categoriesWithVectorsAreNumberedFromOne() {
        RowEncoding encoding = fit("{\"category\": {\"units\": 3}}", "b", "b", "a", null);
        ColumnEncoding column = encoding.columns().get(0).encoding();
        assertThat(column.embedded()).isEqualTo(3);
        assertThat(column.units()).isEqualTo(3);
        assertThat(number(encoding, "b")).isEqualTo(1);
        assertThat(number(encoding, null)).isEqualTo(3);
        assertThat(number(encoding, "new")).isZero();
        assertThat(CategorySummary.units(2)).isEqualTo(2);
        assertThat(CategorySummary.units(1000)).isEqualTo(77);
        assertThat(CategorySummary.units(1 << 20)).isEqualTo(600);
    }

    @Test
    void namesMayBeHashed() {
        RowEncoding encoding = fit("{\"category\": {\"hash\": 10}}", "a");
        assertThat(number(encoding, "whatever")).isBetween(1f, 10f);
        assertThat(number(encoding, "a")).isNotEqualTo(number(encoding, "c"));
    }

    @Test
    void timesComeRound() {
        RowEncoding encoding = fit("{\"time\": [\"hour\", \"weekday\", \"month\"]}", "2024-05-31");
        float[] evening = encode(encoding, "2024-05-31 18:00");
        assertThat(evening[0]).isEqualTo(-1);
        assertThat(evening[1]).isCloseTo(0, within(1e-15f));
        assertThat(evening[2]).isEqualTo((float) StrictMath.sin(2 * Math.PI * 4 / 7));
        assertThat(encode(encoding, LocalDateTime.parse("2024-05-31T18:00"))).isEqualTo(evening);
        assertThat(encode(encoding, "2024-05-31T20:00+02:00")).isEqualTo(evening);
        assertThat(encode(encoding, Instant.parse("2024-05-31T18:00:00Z"))).isEqualTo(evening);
        assertThat(encode(encoding, Timestamp.from(Instant.parse("2024-05-31T18:00:00Z"))))
                .isEqualTo(evening);
        float[] midnight = encode(encoding, "2024-05-31");
        assertThat(encode(encoding, LocalDate.of(2024, 5, 31))).isEqualTo(midnight);
        assertThat(encode(encoding, Date.valueOf("2024-05-31"))).isEqualTo(midnight);
    }

    @Test
    void timesHaveFormatsAndZones() {
        RowEncoding encoding = fit(
                "{\"time\": {\"parts\": [\"hour\"], \"format\": \"epochSeconds\", \"zone\": \"Europe/Berlin\"}}",
                1_717_178_400L);
        assertThat(encode(encoding, "1717178400"))
                .isEqualTo(encode(fit("{\"time\": [\"hour\"]}", "2024-05-31"), "2024-05-31 20:00"));
        RowEncoding german = fit("{\"time\": {\"parts\": [\"dayOfMonth\"], \"format\": \"d.M.yyyy\"}}", "31.5.2024");
        assertThatThrownBy(() -> encode(german, "2024-05-31"))
                .hasMessage("c: expected a time as d.M.yyyy, got \"2024-05-31\"");
        assertThatThrownBy(() -> spec("{\"time\": {\"parts\": [\"hour\"], \"format\": \"{\"}}"))
                .hasMessageStartingWith("time.format: expected a pattern such as yyyy-MM-dd HH:mm");
        assertThatThrownBy(() -> spec("{\"time\": {\"parts\": [\"hour\"], \"zone\": \"Nowhere\"}}"))
                .hasMessage("time.zone: expected a zone such as Europe/Berlin or +02:00, got \"Nowhere\"");
    }

    @Test
    void elapsedTimeIsStandardised() {
        RowEncoding encoding = fit(
                "{\"time\": {\"parts\": [\"elapsed\", \"year\"], \"missing\": \"indicator\"}}",
                "2023-01-01",
                "2025-01-01");
        assertThat(encode(encoding, "2025-01-01")).containsExactly(1, 1, 0);
        assertThat(encode(encoding, "2024-01-01T12:00")).containsExactly(0, 0, 0);
        assertThat(encode(encoding, null)).containsExactly(0, 0, 1);
    }

    @Test
    void wordsAreCounted() {
        RowEncoding encoding = fit("\"words\"", "Slow, slow train", "TRAIN", "Zug früh");
        assertThat(((WordsEncoding) encoding.columns().get(0).encoding()).words())
                .containsExactly("train", "früh", "slow", "zug");
        assertThat(encode(encoding, "slow SLOW früh?")).containsExactly(0, 1, 2, 0);
        assertThat(encode(encoding, null)).containsExactly(0, 0, 0, 0);
        assertThat(encode(fit("{\"words\": {\"weight\": \"present\", \"most\": 1}}", "a a b", "a"), "a a"))
                .containsExactly(1);
        float[] hashed = encode(fit("{\"words\": {\"hash\": 32}}"), "to be or not to be");
        float sum = 0;
        for (float count : hashed) {
            sum += count;
        }
        assertThat(sum).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"numbr": {}}                       | unknown column "numbr"
        {"number": {"mising": "mean"}}      | number.mising: unknown key
        {"number": {"missing": "avg"}}      | number.missing: unknown missing "avg"
        {"number": {"clip": [5]}}           | number.clip: expected two numbers, the least and the greatest, got [5.0]
        {"number": {"clip": [5, 1]}}        | number.clip: expected two numbers
        {"number": {"bins": 1}}             | number.bins: expected at least 2, got 1
        {"number": {"bins": 3, "scale": "minMax"}} | number.scale: bins are 0 or 1
        {"category": {"units": 0}}          | category.units: expected at least 1, got 0
        {"category": {"hash": 8, "most": 2}} | category.hash: names that are hashed are not counted
        "time"                              | time.parts: missing
        {"time": ["houre"]}                 | time.parts.0: unknown value "houre"
        """)
    void wrongTypes(String json, String message) {
        assertThatThrownBy(() -> spec(json)).hasMessageContaining(message);
    }

    /** Rows are distinguished by what their cells mean. */
    @Test
    void theHashOfARowDoesNotKnowTheForm() throws CellException {
        List<ColumnSpec> specs = List.of(spec("\"number\""), spec("\"oneHot\""), spec("{\"time\": [\"hour\"]}"));
        RowReader reader = new RowReader(List.of("n", "c", "t"), specs, List.of("-"));
        reader.read(new Object[] {"1.50", "3.0", "2024-01-01"});
        long hash = reader.hash(5);
        reader.read(new Object[] {1.5f, 3L, LocalDate.of(2024, 1, 1)});
        assertThat(reader.hash(5)).isEqualTo(hash).isNotEqualTo(reader.hash(6));
        reader.read(new Object[] {1.5f, "-", LocalDate.of(2024, 1, 1)});
        assertThat(reader.hash(5)).isNotEqualTo(hash);
    }

    @Test
    void piecesSayHowMuchOfThemLiesBelow() {
        RowEncoding encoding = fit("{\"number\": {\"pieces\": 2, \"missing\": \"indicator\"}}", 0, 1, 2, 3, 10, null);
        assertThat(encoding.width()).isEqualTo(3);
        assertThat(encode(encoding, 1)).containsExactly(0.5f, 0, 0);
        assertThat(encode(encoding, 2)).containsExactly(1, 0, 0);
        assertThat(encode(encoding, 4)).containsExactly(1, 0.25f, 0);
        assertThat(encode(encoding, 18)).as("goes on beyond the end").containsExactly(1, 2, 0);
        assertThat(encode(encoding, -2)).containsExactly(-1, 0, 0);
        assertThat(encode(encoding, null)[2]).isEqualTo(1);
        assertThat(number(fit("{\"number\": {\"pieces\": 5}}", 7, 7), 8))
                .as("constant")
                .isEqualTo(1);
        assertThatThrownBy(() -> spec("{\"number\": {\"pieces\": 2, \"scale\": \"log1p\"}}"))
                .hasMessageContaining("scale: pieces are from 0 to 1, which is not scaled");
        assertThatThrownBy(() -> spec("{\"number\": {\"pieces\": 2, \"bins\": 2}}"))
                .hasMessageContaining("bins: expected one of bins, pieces and periodic");
    }

    @Test
    void wavesOfAScaledNumber() {
        RowEncoding encoding = fit("{\"number\": {\"periodic\": 2, \"frequency\": 0.5}}", 1, 3);
        float[] features = encode(encoding, 3);
        assertThat(features[0]).as("sin pi").isCloseTo(0, within(1e-6f));
        assertThat(features[1]).isEqualTo(-1);
        assertThat(features[2]).as("sin pi / 2").isEqualTo(1);
        assertThat(features[3]).isCloseTo(0, within(1e-6f));
        assertThat(encode(encoding, 2)).containsExactly(0, 1, 0, 1);
        assertThatThrownBy(() -> spec("{\"number\": {\"frequency\": 2}}"))
                .hasMessageContaining("frequency: there are no waves; expected periodic too");
    }

    @Test
    void wordsInTheirOrder() {
        RowEncoding encoding =
                fit("{\"words\": {\"sequence\": 4, \"most\": 2}}", "b a b", "b c", "a, B!", (Object) null);
        assertThat(encoding.shape()).isEqualTo(Shape.of(4));
        assertThat(encode(encoding, "A b? zebra")).containsExactly(3, 2, 1, 0);
        assertThat(encode(encoding, "b b b b a")).containsExactly(2, 2, 2, 2);
        assertThat(encode(encoding, null)).containsOnly(0);
        RowEncoding hashed = fit("{\"words\": {\"sequence\": 3, \"hash\": 5}}", "x");
        float[] tokens = encode(hashed, "x y");
        assertThat(tokens[0]).isBetween(1f, 5f).isNotEqualTo(tokens[1]);
        assertThat(tokens[2]).isZero();
        assertThatThrownBy(() -> spec("{\"words\": {\"sequence\": 3, \"weight\": \"present\"}}"))
                .hasMessageContaining("weight: words in a sequence are not weighted");
    }
}
