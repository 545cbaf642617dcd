package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import dev.lockstep.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of texts: a feature for each word that is known, or for each hash; or the words in their order as
 * tokens, 0 behind the last one, 1 for words that are not known, 2 and more for those that are (1 and more for hashes).
 *
 * @param spec what the job wanted
 * @param words the known words, in order; null where words are hashed
 */
@SpecName("words")
public record WordsEncoding(
        @JsonProperty(required = true) Words spec, @Nullable List<String> words) implements ColumnEncoding {
    public WordsEncoding {
        Expect.present("spec", spec);
        if (words == null && spec.hash() == null) {
            throw new IllegalArgumentException("words: missing");
        }
        words = words == null ? null : List.copyOf(words);
    }

    @Override
    public int width() {
        Integer hash = spec.hash();
        Integer steps = spec.sequence();
        if (steps != null) {
            return steps;
        }
        return words != null ? words.size() : hash == null ? 0 : hash;
    }

    /** {@code [steps]} tokens. */
    @Override
    public @Nullable Shape shape() {
        Integer steps = spec.sequence();
        return steps == null ? null : Shape.of(steps);
    }

    /** How many tokens there are, 0 among them, where words are a sequence. */
    int tokens() {
        Integer hash = spec.hash();
        return words != null ? words.size() + 2 : hash == null ? 1 : hash + 1;
    }

    @Override
    public String text(float[] features, int at) {
        List<String> texts = new ArrayList<>();
        boolean inOrder = spec.sequence() != null;
        for (int i = 0; i < width(); i++) {
            int value = (int) features[at + i];
            if (features[at + i] == 0) {
                continue;
            }
            texts.add(inOrder ? word(words == null ? value - 1 : value - 2) : word(i));
        }
        return String.join(" ", texts);
    }

    private String word(int index) {
        return words == null ? CellText.hashed(index) : index < 0 ? CellText.OTHER : words.get(index);
    }

    @Override
    public boolean isConstant() {
        return false;
    }

    @Override
    public CellEncoder encoder() {
        return spec.sequence() == null ? bag() : sequence();
    }

    private CellEncoder sequence() {
        int steps = width();
        Map<String, Integer> index = index();
        return (cell, out, at) -> {
            Arrays.fill(out, at, at + steps, 0f);
            int step = 0;
            for (String word : cell == null ? List.<String>of() : Words.of((String) cell)) {
                if (step == steps) {
                    break;
                }
                out[at + step] = words == null
                        ? 1 + Long.remainderUnsigned(ContentHash.ofText(word), tokens() - 1L)
                        : index.getOrDefault(word, -1) + 2;
                step++;
            }
        };
    }

    private Map<String, Integer> index() {
        Map<String, Integer> index = new HashMap<>();
        for (int i = 0; words != null && i < words.size(); i++) {
            index.put(words.get(i), i);
        }
        return index;
    }

    private CellEncoder bag() {
        int width = width();
        int[] counts = new int[width];
        Map<String, Integer> index = index();
        return (cell, out, at) -> {
            Arrays.fill(counts, 0);
            for (String word : cell == null ? List.<String>of() : Words.of((String) cell)) {
                Integer found = words == null
                        ? Integer.valueOf((int) Long.remainderUnsigned(ContentHash.ofText(word), width))
                        : index.get(word);
                if (found != null) {
                    counts[found]++;
                }
            }
            for (int i = 0; i < width; i++) {
                out[at + i] = spec.weight().of(counts[i]);
            }
        };
    }
}
