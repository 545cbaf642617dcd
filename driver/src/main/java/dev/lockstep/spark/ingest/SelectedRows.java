package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.NumberText;
import dev.lockstep.nn.spec.Excerpt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The rows to take from a source: all, or those whose numbers, from 0, a text file lists, one a line; they may be
 * written as floats. Travels to the executors.
 */
public final class SelectedRows implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int MOST_ROWS = 1 << 28;

    /** The file of numbers; none where all rows are taken. */
    private final @Nullable String path;

    /** Distinct and sorted. */
    private final long[] numbers;

    private SelectedRows(@Nullable String path, long[] numbers) {
        this.path = path;
        this.numbers = numbers;
    }

    /**
     * The rows that a request asks for.
     *
     * @throws IngestException if the file does not list numbers of rows
     */
    public static SelectedRows of(SparkSession spark, SourceRequest request) {
        String path = request.spec().rows();
        return path == null
                ? new SelectedRows(null, new long[0])
                : new SelectedRows(path, read(spark.sessionState().newHadoopConf(), path));
    }

    /** Whether a row is taken. */
    public boolean takes(long row) {
        return path == null || Arrays.binarySearch(numbers, row) >= 0;
    }

    /**
     * Checks that all rows are there.
     *
     * @param source what errors call the source
     * @param rows how many it has; 0: not known
     * @throws IngestException if not
     */
    public void check(String source, long rows) {
        long largest = numbers.length == 0 ? -1 : numbers[numbers.length - 1];
        if (rows > 0 && largest >= rows) {
            throw new IngestException(
                    path + ": expected rows of " + source + " from 0 to " + (rows - 1) + ", got " + largest);
        }
    }

    private static long[] read(Configuration configuration, String path) {
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
            throw new IngestException(path + ": line " + lineNumber + ": expected the number of a row, got "
                    + Excerpt.quoted(line.strip()));
        }
        return (long) value;
    }
}
