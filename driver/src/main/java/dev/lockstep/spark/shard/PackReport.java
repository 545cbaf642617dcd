package dev.lockstep.spark.shard;

import dev.lockstep.spark.ingest.IngestException;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all partitions report together, with rows numbered through their files. */
final class PackReport {
    private final boolean rowsCountWithinFile;
    private final Map<String, Long> rowsSoFar = new HashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private long kept;
    private long weightless;
    private long incomplete;

    private PackReport(boolean rowsCountWithinFile) {
        this.rowsCountWithinFile = rowsCountWithinFile;
    }

    /**
     * Puts the partitions' reports together.
     *
     * @param rowsCountWithinFile whether row numbers are those within files already
     * @throws IngestException that names the first row which cannot be used, if there is one
     */
    static PackReport of(List<PartitionReport> reports, boolean rowsCountWithinFile) {
        PackReport whole = new PackReport(rowsCountWithinFile);
        reports.stream()
                .sorted(Comparator.comparingInt(PartitionReport::partition))
                .forEach(whole::add);
        return whole;
    }

    private void add(PartitionReport report) {
        int label = 0;
        for (int piece = 0; piece <= report.pieces().size(); piece++) {
            for (; label < report.labels().size(); label++) {
                PartitionReport.Place place = report.labels().get(label);
                if (place.piece() != piece) {
                    break;
                }
                labels.putIfAbsent(place.text(), place(place));
            }
            if (piece < report.pieces().size()) {
                PartitionReport.Piece read = report.pieces().get(piece);
                rowsSoFar.merge(read.file(), read.rows(), rowsCountWithinFile ? Long::max : Long::sum);
            }
        }
        if (report.failure() != null) {
            throw new IngestException(
                    place(report.failure()) + ", " + report.failure().text());
        }
        kept += report.kept();
        weightless += report.weightless();
        incomplete += report.incomplete();
    }

    private String place(PartitionReport.Place place) {
        long before = rowsCountWithinFile ? 0 : rowsSoFar.getOrDefault(place.file(), 0L);
        return place.file() + ": row " + (before + place.row());
    }

    /** Each distinct label and the place where it stands first ({@code file: row n}). */
    Map<String, String> labels() {
        return Collections.unmodifiableMap(labels);
    }

    /** Rows packed. */
    long kept() {
        return kept;
    }

    /** Rows dropped because they weigh nothing. */
    long weightless() {
        return weightless;
    }

    /** Rows dropped because they lack a cell. */
    long incomplete() {
        return incomplete;
    }

    /** Rows read of all files, those not taken included. */
    long read() {
        return rowsSoFar.values().stream().mapToLong(Long::longValue).sum();
    }
}
