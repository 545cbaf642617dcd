package dev.lockstep.spark.shard;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import java.util.HashMap;
import java.util.Map;

/** Numbers the distinct labels of a partition in the order in which they come. */
final class LabelDictionary {
    private final Map<String, Integer> indexes = new HashMap<>();
    private String[] texts = new String[0];

    /** The number of a label, noted in the report when it comes first. */
    int index(String label, RowCursor cursor, PartitionReport report) throws RowException {
        Integer known = indexes.get(label);
        if (known != null) {
            return known;
        }
        if (indexes.size() == ClassIndex.MOST_CLASSES) {
            throw new RowException(
                    "label",
                    "expected at most " + ClassIndex.MOST_CLASSES + " classes, got one more: " + Excerpt.of(label));
        }
        int next = indexes.size();
        indexes.put(label, next);
        report.label(label, cursor.file(), cursor.row());
        return next;
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
