package dev.lockstep.spark.shard;

import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.RowCursor;
import dev.lockstep.spark.ingest.RowException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * The distinct labels of a partition: where each comes first, and how many rows have it. Rows are packed in chunks, of
 * which each numbers its own labels, so that a chunk holds no more of them than it has rows.
 */
final class LabelDictionary {
    private final @Nullable ClassIndex known;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<PartitionReport.Place> places = new ArrayList<>();
    private long[] rows = new long[8];
    /** By a label's number in the partition: the last chunk that has it, and its number there. */
    private long[] inChunk = new long[8];

    private int chunk;
    private final List<String> chunkLabels = new ArrayList<>();

    /**
     * No labels yet.
     *
     * @param known the classes; null: to be discovered
     */
    static LabelDictionary of(@Nullable Broadcast<ClassIndex> known) {
        return new LabelDictionary(known == null ? null : known.value());
    }

    private LabelDictionary(@Nullable ClassIndex known) {
        this.known = known;
        beginChunk();
    }

    /** From now on labels are numbered from 0 again. */
    void beginChunk() {
        chunk++;
        chunkLabels.clear();
    }

    /**
     * The number of a label among those of the chunk, in the order in which they come.
     *
     * @param report of the partition so far
     * @throws RowException if it is none of the classes
     */
    int index(String label, RowCursor cursor, PartitionReport report) throws RowException {
        Integer old = numbers.get(label);
        int number = old == null ? add(label, cursor, report) : old;
        rows[number]++;
        if (inChunk[number] >> Integer.SIZE != chunk) {
            inChunk[number] = (long) chunk << Integer.SIZE | chunkLabels.size();
            chunkLabels.add(label);
        }
        return (int) inChunk[number];
    }

    private int add(String label, RowCursor cursor, PartitionReport report) throws RowException {
        if (known == null) {
            ClassIndex.checkGiven(label);
        } else {
            known.find(label);
        }
        int next = places.size();
        if (next == ClassIndex.MOST_CLASSES) {
            throw new RowException(
                    "label",
                    "expected at most " + ClassIndex.MOST_CLASSES + " classes, got one more: " + Excerpt.of(label));
        }
        numbers.put(label, next);
        places.add(report.place(label, cursor));
        if (next == rows.length) {
            rows = Arrays.copyOf(rows, 2 * next);
            inChunk = Arrays.copyOf(inChunk, 2 * next);
        }
        return next;
    }

    /** The labels of the chunk, by their numbers. */
    String[] chunkLabels() {
        return chunkLabels.toArray(String[]::new);
    }

    /** Adds all labels to a report. */
    void addTo(PackReports reports, int partition) {
        for (int number = 0; number < places.size(); number++) {
            reports.add(new PackReports.Label(partition, places.get(number), rows[number]));
        }
    }
}
