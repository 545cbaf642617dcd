package dev.lockstep.spark.ingest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A text file of row numbers from 0, one a line; they may be written as floats. */
final class SelectedRows {
    private static final int MOST_ROWS = 1 << 28;

    private SelectedRows() {}

    /** The distinct numbers, sorted. */
    static long[] read(Configuration configuration, String path) {
        Path file = DataFiles.single(configuration, path);
        long[] rows = new long[64];
        int count = 0;
        int lineNumber = 0;
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(file.getFileSystem(configuration).open(file), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                lineNumber++;
                if (line.isBlank()) {
                    continue;
                }
                if (count == MOST_ROWS) {
                    throw new IngestException(path + ": expected at most " + MOST_ROWS + " rows, got more");
                }
                rows = count == rows.length ? Arrays.copyOf(rows, 2 * count) : rows;
                rows[count++] = number(path, lineNumber, line);
            }
        } catch (IOException e) {
            throw new IngestException(path + ": cannot be read: " + e.getMessage(), e);
        }
        return Arrays.stream(rows, 0, count).sorted().distinct().toArray();
    }

    private static long number(String path, int lineNumber, String line) {
        double value;
        try {
            value = NumberText.parse(line);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!(value >= 0 && value <= 1L << 53 && value == Math.rint(value))) {
            throw new IngestException(
                    path + ": line " + lineNumber + ": expected the number of a row, got \"" + line.strip() + "\"");
        }
        return (long) value;
    }
}
