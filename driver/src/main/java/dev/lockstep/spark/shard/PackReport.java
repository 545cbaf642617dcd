package dev.lockstep.spark.shard;

import dev.lockstep.spark.ingest.ClassIndex;
import dev.lockstep.spark.ingest.IngestException;
import dev.lockstep.spark.ingest.RowPlaces;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all partitions report together, with rows numbered through their files. */
final class PackReport {
    private final boolean rowsCountWithinFile;
    private final Map<String, Long> rowsSoFar = new HashMap<>();
    private final Map<String, Long> linesSoFar = new HashMap<>();
    private final Map<String, ClassIndex.LabelUse> labels = new LinkedHashMap<>();
    private String firstSkipped = "";
    private String firstEmptied = "";
    private long skipped;
    private long emptied;
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
    static PackReport of(PackReports reports, boolean rowsCountWithinFile) {
        PackReport whole = new PackReport(rowsCountWithinFile);
        Map<Integer, List<PackReports.Label>> labels = reports.labels();
        for (PartitionReport report : reports.partitions()) {
            whole.add(report, labels.getOrDefault(report.partition(), List.of()));
        }
        return whole;
    }

    private void add(PartitionReport report, List<PackReports.Label> firstHere) {
        int next = 0;
        for (int piece = 0; piece <= report.pieces().size(); piece++) {
            for (; next < firstHere.size(); next++) {
                PartitionReport.Place place = firstHere.get(next).place();
                if (place.piece() != piece) {
                    break;
                }
                labels.put(
                        place.text(),
                        new ClassIndex.LabelUse(
                                place(place), firstHere.get(next).rows()));
            }
            firstSkipped = first(firstSkipped, report.skipped(), piece);
            firstEmptied = first(firstEmptied, report.emptied(), piece);
            if (piece < report.pieces().size()) {
                PartitionReport.Piece read = report.pieces().get(piece);
                rowsSoFar.merge(read.file(), read.rows(), rowsCountWithinFile ? Long::max : Long::sum);
                linesSoFar.merge(read.file(), read.lines(), Long::sum);
            }
        }
        if (report.failure() != null) {
            throw new IngestException(
                    place(report.failure()) + ", " + report.failure().text());
        }
        kept += report.kept();
        weightless += report.weightless();
        incomplete += report.incomplete();
        skipped += report.skippedRows();
        emptied += report.emptiedCells();
    }

    /** The first complaint: the one so far, or that of a piece. */
    private String first(String soFar, PartitionReport.@Nullable Place place, int piece) {
        return !soFar.isEmpty() || place == null || place.piece() != piece ? soFar : place(place) + ", " + place.text();
    }

    private String place(PartitionReport.Place place) {
        long before = rowsCountWithinFile ? 0 : rowsSoFar.getOrDefault(place.file(), 0L);
        long lines = place.line() == 0 ? 0 : linesSoFar.getOrDefault(place.file(), 0L) + place.line();
        return RowPlaces.shown(place.file(), before + place.row(), lines);
    }

    /**
     * What a person should know of rows that cannot be used and of cells that count as missing.
     *
     * @param source what errors call the rows
     */
    List<String> notices(String source) {
        List<String> notices = new ArrayList<>();
        if (skipped > 0) {
            notices.add(source + ": " + skipped + " of " + (kept + weightless + incomplete + skipped)
                    + " rows that cannot be used are left out (data.onError: skip); the first one is "
                    + firstSkipped);
        }
        if (emptied > 0) {
            notices.add(source + ": " + emptied
                    + " cells that cannot be used count as missing (data.onError: null); the first one is "
                    + firstEmptied);
        }
        if (incomplete > 0) {
            notices.add(source + ": " + incomplete + " of " + (kept + incomplete)
                    + " rows are left out because they lack a cell in a column with missing: dropRow");
        }
        return notices;
    }

    /** @throws IngestException if no row is left, saying why */
    void checkSomeKept(String source) {
        if (kept > 0) {
            return;
        }
        if (skipped > 0) {
            throw new IngestException(
                    source + ": none of " + skipped + " rows can be used; the first one is " + firstSkipped);
        }
        if (weightless > 0) {
            throw new IngestException(
                    source + ": all " + weightless + " rows have the weight 0; expected some with a weight above 0");
        }
        if (incomplete > 0) {
            throw new IngestException(source + ": all " + incomplete
                    + " rows lack a cell in a column with missing: dropRow, which leaves none");
        }
        throw new IngestException(source + ": no rows");
    }

    /** Each distinct label, where it stands first, and how many rows have it. */
    Map<String, ClassIndex.LabelUse> labels() {
        return Collections.unmodifiableMap(labels);
    }

    /** Rows read of all files, those not taken included. */
    long read() {
        return rowsSoFar.values().stream().mapToLong(Long::longValue).sum();
    }
}
