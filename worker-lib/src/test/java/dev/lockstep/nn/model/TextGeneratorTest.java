package dev.lockstep.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.nn.data.Scaling;
import dev.lockstep.nn.layer.Activation;
import dev.lockstep.nn.layer.Bidirectional;
import dev.lockstep.nn.layer.Dense;
import dev.lockstep.nn.layer.Embedding;
import dev.lockstep.nn.layer.Gru;
import dev.lockstep.nn.layer.LayerNorm;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.layer.Lstm;
import dev.lockstep.nn.layer.Residual;
import dev.lockstep.nn.layer.SimpleRnn;
import dev.lockstep.nn.loss.CrossEntropy;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Generated text against predictions over the whole text, and the draws against their probabilities. */
class TextGeneratorTest {
    private static final List<String> CHARACTERS = List.of("\n", "a", "b", "é", "\uD83D\uDE00");
    private static final int WINDOW = 24;

    private static Network network(List<LayerSpec> layers, int members) {
        return Network.bind(new ModelSpec(layers, new CrossEntropy(), null, null, null, members), Shape.of(WINDOW));
    }

    private static Network recurrent(int members) {
        return network(
                List.of(
                        new Embedding(5, 4, false, null),
                        new Lstm(6, true),
                        new Gru(5, true),
                        new LayerNorm(),
                        new Residual(List.of(new SimpleRnn(5, true)), null),
                        new Dense(7, new Activation.Tanh()),
                        new Dense(5)),
                members);
    }

    /** Weights of some size, so that characters differ in probability. */
    private static Parameters parameters(Network network) {
        Parameters parameters = network.initialize(12);
        for (int i = 0; i < parameters.theta().length; i++) {
            parameters.theta()[i] *= 2.5f;
        }
        return parameters;
    }

    private static TextGenerator generator(Network network, Decision decision) {
        return new TextGenerator(network, parameters(network), decision, CHARACTERS);
    }

    private static int[] indexes(String text) {
        return text.codePoints()
                .map(point -> CHARACTERS.indexOf(Character.toString(point)))
                .toArray();
    }

    /** The state that is carried gives the bits of the whole text read at once. */
    @Test
    void eachCharacterFollowsFromAllBefore() {
        for (int members : new int[] {1, 2}) {
            for (Sampling sampling : List.of(new Sampling(0, 0, 0), new Sampling(0.7, 0, 3), new Sampling(2, 3, 4))) {
                Network network = recurrent(members);
                String prompt = "ab\uD83D\uDE00é";
                String text = generator(network, Decision.PLAIN).generate(prompt, WINDOW - 4, sampling);
                int[] all = indexes(prompt + text);
                float[] row = new float[WINDOW];
                for (int i = 0; i < WINDOW; i++) {
                    row[i] = all[i];
                }
                Predictor predictor = new Predictor(network, parameters(network), Scaling.NONE, 0, 0, 1, false);
                predictor.predict(List.of(row));
                Tensor outputs = predictor.uncertainty().outputs();
                for (int at = 3; at < WINDOW - 1; at++) {
                    double[] logits = new double[5];
                    for (int k = 0; k < 5; k++) {
                        logits[k] = outputs.array()[outputs.offset() + at * 5 + k];
                    }
                    assertThat(sampling.draw(logits, at - 3))
                            .as("character %d", at + 1)
                            .isEqualTo(all[at + 1]);
                }
            }
        }
    }

    /** The same on any machine, JDK and kernel. */
    @Test
    @Tag("java")
    void theTextOfASeed() {
        String text = generator(recurrent(1), Decision.PLAIN).generate("a", 30, new Sampling(1, 0, 5));
        assertThat(text.codePointCount(0, text.length())).isEqualTo(30);
        assertThat(Arrays.toString(indexes(text)))
                .isEqualTo(
                        "[3, 4, 4, 0, 0, 4, 4, 0, 4, 3, 4, 3, 4, 4, 4, 0, 3, 4, 0, 0, 4, 3, 4, 4, 1, 3, 3, 4, 4, 0]");
        TextGenerator again = generator(recurrent(1), Decision.PLAIN);
        again.generate("b", 7, new Sampling(1, 0, 9));
        assertThat(again.generate("a", 30, new Sampling(1, 0, 5)))
                .as("no state is left")
                .isEqualTo(text);
        assertThat(again.generate("a", 30, new Sampling(1, 0, 6))).isNotEqualTo(text);
        assertThat(generator(recurrent(1), new Decision(1e-3, 0.5)).generate("a", 30, new Sampling(1, 0, 5)))
                .as("a temperature of the model")
                .isEqualTo(again.generate("a", 30, new Sampling(0, 0, 5)));
    }

    @Test
    void drawsFollowTheProbabilities() {
        double[] logits = {0, Math.log(3), Double.NEGATIVE_INFINITY, Math.log(2), Math.log(3)};
        int draws = 20_000;
        assertThat(shares(new Sampling(1, 0, 1), logits, draws))
                .containsExactly(new double[] {1 / 9.0, 3 / 9.0, 0, 2 / 9.0, 3 / 9.0}, within(0.012));
        assertThat(shares(new Sampling(0.5, 0, 2), logits, draws))
                .containsExactly(new double[] {1 / 23.0, 9 / 23.0, 0, 4 / 23.0, 9 / 23.0}, within(0.012));
        assertThat(shares(new Sampling(1, 1, 3), logits, 50)).containsExactly(0, 1, 0, 0, 0);
        assertThat(shares(new Sampling(1, 3, 4), logits, draws))
                .containsExactly(new double[] {0, 3 / 8.0, 0, 2 / 8.0, 3 / 8.0}, within(0.012));
        assertThat(shares(new Sampling(0, 0, 5), logits, 50)).containsExactly(0, 1, 0, 0, 0);
    }

    private static double[] shares(Sampling sampling, double[] logits, int draws) {
        double[] shares = new double[logits.length];
        for (int i = 0; i < draws; i++) {
            shares[sampling.draw(logits, i)] += 1.0 / draws;
        }
        for (int k = 0; k < shares.length; k++) {
            shares[k] = Math.round(shares[k] * 1e9) / 1e9;
        }
        return shares;
    }

    @Test
    void whatCannotBeIsRefused() {
        TextGenerator generator = generator(recurrent(1), Decision.PLAIN);
        Sampling sampling = new Sampling(1, 0, 0);
        assertThatThrownBy(() -> generator.generate("", 3, sampling))
                .hasMessage("prompt: expected at least one character, got none");
        assertThatThrownBy(() -> generator.generate("aX", 3, sampling))
                .hasMessage("prompt, character 2: expected one of the 5 characters of the training text, got U+0058"
                        + " \"X\"");
        assertThatThrownBy(() -> new Sampling(-1, 0, 0)).hasMessageStartingWith("temperature: expected");
        List<LayerSpec> both = new ArrayList<>(List.of(new Embedding(5, 4, false, null)));
        both.add(new Bidirectional(new Gru(4, true), null));
        both.add(new Dense(5));
        assertThatThrownBy(() -> generator(network(both, 1), Decision.PLAIN))
                .hasMessageStartingWith("model.layers.1: expected layers that read a text from its beginning on");
        Network words = network(List.of(new Embedding(5, 4, false, null), new Lstm(6, false), new Dense(5)), 1);
        assertThatThrownBy(() -> generator(words, Decision.PLAIN))
                .hasMessageStartingWith("expected a model of text that predicts the next character");
    }
}
