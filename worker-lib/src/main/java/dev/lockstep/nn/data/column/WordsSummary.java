package dev.lockstep.nn.data.column;

import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is measured of a column of texts: in how many rows each word is. */
final class WordsSummary extends ColumnSummary {
    private static final long serialVersionUID = 1L;

    private final Words spec;
    private final NameCounts rows = new NameCounts();

    WordsSummary(Words spec) {
        this.spec = spec;
    }

    @Override
    public void add(@Nullable Object cell) {
        if (cell != null && spec.hash() == null) {
            new LinkedHashSet<>(Words.of((String) cell)).forEach(rows::add);
            rows.check();
        }
    }

    @Override
    public ColumnSummary merge(ColumnSummary other) {
        rows.merge(((WordsSummary) other).rows);
        rows.check();
        return this;
    }

    @Override
    public ColumnEncoding encoding() {
        if (spec.hash() != null) {
            return new WordsEncoding(spec, null);
        }
        List<String> words = rows.mostFrequent(spec.most(), spec.least());
        if (words.isEmpty()) {
            throw new IllegalArgumentException(
                    "no word is in " + spec.least() + " training rows; leave the column out, or lower least");
        }
        return new WordsEncoding(spec, words);
    }
}
