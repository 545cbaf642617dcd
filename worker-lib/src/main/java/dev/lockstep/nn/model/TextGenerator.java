package dev.lockstep.nn.model;

import dev.lockstep.nn.data.Batch;
import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.layer.LayerSpec;
import dev.lockstep.nn.loss.Decision;
import dev.lockstep.nn.param.Parameters;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.nn.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Continues texts by a network that was trained to predict the next character. It reads character by character and
 * carries the states of its recurrent layers, however long the text becomes; an ensemble's members read the same text,
 * and the mean of their probabilities decides. The same text comes from the same seed on any machine. One thread's.
 */
public final class TextGenerator {
    private final Network network;
    private final Parameters parameters;
    private final Decision decision;
    private final List<String> characters;
    private final Map<Integer, Integer> indexes = new HashMap<>();
    private final Replica replica;
    private final float[] row = new float[2];
    private final double[] logits;

    /**
     * A generator.
     *
     * @param trained a network whose input is a row of characters, and whose output the classes of those after each
     * @param parameters what it has learned; read
     * @param decision whose temperature divides its outputs
     * @param characters what its classes are, one character each
     * @throws IllegalArgumentException if it is no such network
     */
    public TextGenerator(Network trained, Parameters parameters, Decision decision, List<String> characters) {
        check(trained, characters);
        this.network = Network.bind(trained.spec(), Shape.of(1));
        this.parameters = parameters;
        this.decision = decision;
        this.characters = List.copyOf(characters);
        for (int i = 0; i < characters.size(); i++) {
            indexes.put(characters.get(i).codePointAt(0), i);
        }
        replica = new Replica(network, new RowLayout(Shape.of(1), Shape.of(1), false, false), 1, 1);
        logits = new double[characters.size()];
    }

    private static void check(Network network, List<String> characters) {
        boolean perStep = network.output().rank() == 2 && network.input().rank() == 1;
        boolean single = characters.stream().allMatch(name -> name.codePointCount(0, name.length()) == 1);
        if (!perStep || !network.takesTokens() || !single || network.output().last() != characters.size()) {
            throw new IllegalArgumentException("expected a model of text that predicts the next character after each"
                    + " one, trained with data.train.format text; got one with input " + network.input()
                    + " and output " + network.output());
        }
        for (int i = 0; i < network.spec().layers().size(); i++) {
            LayerSpec layer = network.spec().layers().get(i);
            if (!layer.readsStepByStep()) {
                throw new IllegalArgumentException("model.layers." + i + ": expected layers that read a text from its"
                        + " beginning on, such as lstm, gru, rnn and dense; got one that sees other characters too");
            }
        }
    }

    /**
     * Continues a text.
     *
     * @param prompt what it begins with, at least one character
     * @param length how many characters to add
     * @return the added characters
     * @throws IllegalArgumentException if the prompt has a character that the training text had not
     */
    public String generate(String prompt, int length, Sampling sampling) {
        int[] codePoints = prompt.codePoints().toArray();
        if (codePoints.length == 0) {
            throw new IllegalArgumentException("prompt: expected at least one character, got none");
        }
        for (int i = 0; i < codePoints.length; i++) {
            read(index(codePoints[i], i), i == 0);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int next = sampling.draw(logits, i);
            text.append(characters.get(next));
            read(next, false);
        }
        return text.toString();
    }

    private int index(int codePoint, int place) {
        Integer index = indexes.get(codePoint);
        if (index == null) {
            String character = Character.toString(codePoint);
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "prompt, character %d: expected one of the %d characters of the training text, got U+%04X %s",
                    place + 1,
                    characters.size(),
                    codePoint,
                    Excerpt.quoted(character)));
        }
        return index;
    }

    /** Reads a character; the logits are then those of the next one. */
    private void read(int index, boolean first) {
        Batch batch = replica.batch();
        batch.clear();
        batch.beginShard();
        row[0] = index;
        batch.addRow(row, 0, 0);
        batch.endShard();
        if (first) {
            replica.beginInference();
        } else {
            replica.beginContinuation();
        }
        replica.forward(parameters);
        for (int k = 0; k < logits.length; k++) {
            logits[k] = 0;
        }
        boolean alone = replica.members() == 1;
        for (int member = 0; member < replica.members(); member++) {
            Tensor values = alone ? replica.output(0) : replica.predictions(member);
            for (int k = 0; k < logits.length; k++) {
                logits[k] += values.array()[values.offset() + k];
            }
        }
        for (int k = 0; k < logits.length; k++) {
            logits[k] = (alone ? logits[k] : StrictMath.log(logits[k])) / decision.temperature();
        }
    }
}
