package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.spec.SpecMapper;
import dev.lockstep.nn.tensor.Shape;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a network takes is known from its description, so that rows can be refused where they are read. */
class RowRulesTest {
    private static final Shape THREE = Shape.of(3);
    private static final String EMBEDDING = "{'embedding': {'vocabulary': 10, 'units': 2}}";
    private static final String LARGER = "{'embedding': {'vocabulary': 20, 'units': 2}}";
    private static final String PADDED = "{'embedding': {'vocabulary': 10, 'units': 2, 'maskZero': true}}";

    private static RowRules rules(Shape input, String loss, String... layers) throws IOException {
        String json = "{'layers': [" + String.join(", ", layers) + "], 'loss': '" + loss + "'}";
        JsonNode tree = SpecMapper.json().readTree(json.replace('\'', '"'));
        return Network.bind(SpecMapper.bind(tree, ModelSpec.class, "model"), input)
                .rowRules(false);
    }

    private static int wrong(RowRules rules, float... features) {
        return rules.wrongFeature(features, 0, Shape.of(features.length), features.length);
    }

    @Test
    void tokensLieInTheVocabularyOfWhicheverEmbeddingSeesThem() throws IOException {
        String mse = "meanSquaredError";
        for (RowRules rules : new RowRules[] {
            rules(THREE, mse, EMBEDDING),
            rules(Shape.of(3, 1), mse, "'flatten'", EMBEDDING),
            rules(THREE, mse, "{'concat': [[" + LARGER + "], [" + EMBEDDING + "]]}"),
            rules(THREE, mse, "{'residual': {'layers': [" + LARGER + "], 'shortcut': [" + EMBEDDING + "]}}")
        }) {
            assertThat(wrong(rules, 0, 9, 9)).isEqualTo(-1);
            assertThat(wrong(rules, 0, 9, 10)).isEqualTo(2);
            assertThat(wrong(rules, 0, -1, 10)).isEqualTo(1);
            assertThat(wrong(rules, 0.5f, 1, 2)).isZero();
            assertThat(rules.features().expected()).contains("a token index from 0 to 9 of embedding_");
        }
        assertThat(wrong(rules(THREE, mse, "{'dense': 2}"), 99, -1, 0.5f)).isEqualTo(-1);
    }

    @Test
    void stepsBehindTheEndOfARowMayHoldAnything() throws IOException {
        RowRules rules = rules(THREE, "meanSquaredError", EMBEDDING);
        float[] row = {1, 2, 99};
        assertThat(rules.wrongFeature(row, 0, THREE, 2)).isEqualTo(-1);
        assertThat(rules.wrongFeature(row, 0, THREE, 3)).isEqualTo(2);
    }

    @Test
    void countsAndProbabilities() throws IOException {
        RowLayout layout = new RowLayout(Shape.of(1), Shape.of(2), false, false);
        RowRules poisson = rules(Shape.of(1), "poisson", "{'dense': 2}");
        assertThat(poisson.wrongTarget(new float[] {0, 3, 0}, 0, layout)).isEqualTo(-1);
        assertThat(poisson.wrongTarget(new float[] {0, 3, -1}, 0, layout)).isEqualTo(1);
        RowRules binary = rules(Shape.of(1), "binaryCrossEntropy", "{'dense': 2}");
        assertThat(binary.wrongTarget(new float[] {0, 1, 0.5f}, 0, layout)).isEqualTo(-1);
        assertThat(binary.wrongTarget(new float[] {0, 2, 0}, 0, layout)).isZero();
    }

    @Test
    void targetsOfStepsBehindTheEndOfARowMayBeAnything() throws IOException {
        RowLayout lengths = new RowLayout(THREE, THREE, false, true);
        RowRules rules = rules(THREE, "poisson", EMBEDDING, "{'dense': 1}");
        assertThat(rules.wrongTarget(new float[] {1, 2, 3, 0, 0, -1, 2}, 0, lengths))
                .isEqualTo(-1);
        assertThat(rules.wrongTarget(new float[] {1, 2, 3, 0, 0, -1, 3}, 0, lengths))
                .isEqualTo(2);
        RowLayout zeros = new RowLayout(THREE, THREE, false, false);
        RowRules padded = rules(THREE, "poisson", PADDED, "{'dense': 1}");
        assertThat(padded.wrongTarget(new float[] {1, 2, 0, 0, 0, -1}, 0, zeros))
                .isEqualTo(-1);
        assertThat(padded.wrongTarget(new float[] {1, 2, 0, 0, -1, -1}, 0, zeros))
                .isEqualTo(1);
    }
}
