package dev.lockstep.spark.shard;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers the distinct labels of a partition in the order in which they come. */
final class LabelDictionary {
    private final @Nullable ClassIndex known;
    private final Map<String, Integer> indexes = new HashMap<>();
    private long[] rows = new long[8];
    private String[] texts = new String[0];

    /** @param known the classes; null: to be discovered */
    LabelDictionary(@Nullable ClassIndex known) {
        this.known = known;
    }

    /**
     * The number of a label, noted in the report when it comes first.
     *
     * @throws RowException if it is none of the classes
     */
    int index(String label, RowCursor cursor, PartitionReport report) throws RowException {
        Integer number = indexes.get(label);
        if (number != null) {
            rows[number]++;
            return number;
        }
        if (known == null) {
            ClassIndex.checkGiven(label);
        } else {
            known.find(label);
        }
        if (indexes.size() == ClassIndex.MOST_CLASSES) {
            throw new RowException(
                    "label",
                    "expected at most " + ClassIndex.MOST_CLASSES + " classes, got one more: " + Excerpt.of(label));
        }
        int next = indexes.size();
        indexes.put(label, next);
        rows = next < rows.length ? rows : Arrays.copyOf(rows, 2 * next);
        rows[next] = 1;
        report.label(label, cursor);
        return next;
    }

    /** How many rows have each label, by its number. */
    long[] rows() {
        return Arrays.copyOf(rows, indexes.size());
    }

    /** All labels so far; the array does not change any more. */
    String[] texts() {
        if (texts.length != indexes.size()) {
            String[] all = new String[indexes.size()];
            indexes.forEach((text, index) -> all[index] = text);
            texts = all;
        }
        return texts;
    }
}
