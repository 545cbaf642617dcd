package dev.lockstep.nn.data.column;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.nn.data.ContentHash;
import dev.lockstep.nn.spec.Expect;
import dev.lockstep.nn.spec.SpecName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How texts are encoded: a feature for each word that is known, or for each hash.
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
        return words != null ? words.size() : hash == null ? 0 : hash;
    }

    @Override
    public boolean isConstant() {
        return false;
    }

    @Override
    public CellEncoder encoder() {
        int width = width();
        int[] counts = new int[width];
        Map<String, Integer> index = new HashMap<>();
        for (int i = 0; words != null && i < width; i++) {
            index.put(words.get(i), i);
        }
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
