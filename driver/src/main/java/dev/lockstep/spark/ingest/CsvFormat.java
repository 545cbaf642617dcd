package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.NumberText;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.text.DecimalComma;
import dev.lockstep.spark.ingest.text.Delimited;
import dev.lockstep.spark.ingest.text.DelimitedFormat;
import dev.lockstep.spark.ingest.text.DelimitedLines;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.jspecify.annotations.Nullable;

/** How a set of delimited text files is written. */
final class CsvFormat implements Serializable {
    private static final long serialVersionUID = 1L;

    private final DelimitedFormat format;
    /** The fields of the first line; none if it is a row like any other. */
    private final String @Nullable [] header;

    private final int fields;
    /** The fields of the first row; none if the first file has no row. */
    private final List<String> firstRow;
    /** The file that tells the fields. */
    private final String firstFile;
    /** The line of the first row. */
    private final long firstLine;

    private CsvFormat(
            DelimitedFormat format,
            String @Nullable [] header,
            int fields,
            List<String> firstRow,
            String firstFile,
            long firstLine) {
        this.format = format;
        this.header = header;
        this.fields = fields;
        this.firstRow = firstRow;
        this.firstFile = firstFile;
        this.firstLine = firstLine;
    }

    /** Reads the first line of the first file that has one. */
    static CsvFormat read(Configuration configuration, List<FileStatus> files, SourceSpec spec) {
        DelimitedFormat format = new DelimitedFormat(
                delimiter(spec, files), spec.encoding(), spec.isMultiLine(), DelimitedFormat.isComma(spec.decimal()));
        boolean header = spec.header() == null || spec.header();
        for (FileStatus file : byExtension(files)) {
            String name = DataFiles.shown(file.getPath());
            long number = 1;
            try (DelimitedLines lines =
                    new DelimitedLines(configuration, FilePart.whole(file).split(), format)) {
                if (lines.next()) {
                    number = lines.number();
                    Delimited line = lines.fields();
                    String[] names =
                            header ? line.texts().stream().map(String::strip).toArray(String[]::new) : null;
                    int fields = line.fields();
                    List<String> row = firstRow(lines, names == null);
                    return new CsvFormat(format, names, fields, row, name, lines.number());
                }
            } catch (RowException e) {
                throw new IngestException(RowPlaces.shown(name, 0, number) + ", " + e.getMessage());
            } catch (IOException e) {
                throw new IngestException(name + ": cannot be read: " + e.getMessage(), e);
            }
        }
        throw new IngestException(DataFiles.shown(files.get(0).getPath()) + ": no rows");
    }

    /** Files called like the format first: what else lies in a directory does not say what the columns are. */
    private static List<FileStatus> byExtension(List<FileStatus> files) {
        return files.stream()
                .sorted(Comparator.comparing(file -> !Sources.isNamedAsCsv(file)))
                .toList();
    }

    /** @param read whether the row is the line that was read last */
    private static List<String> firstRow(DelimitedLines lines, boolean read) throws IOException {
        try {
            return read || lines.next() ? List.copyOf(lines.fields().texts()) : List.of();
        } catch (RowException e) {
            // Reading the rows will show which one it is.
            return List.of();
        }
    }

    /**
     * Checks that the first row has numbers in some columns, where that tells of more than one bad cell.
     *
     * @param names of all columns
     * @throws IngestException naming all columns that have other texts
     */
    void checkNumbers(Columns names, List<Integer> columns) {
        List<String> others = new ArrayList<>();
        for (int column : firstRow.size() == fields ? columns : List.<Integer>of()) {
            try {
                String text = firstRow.get(column);
                NumberText.parse(format.decimalComma() ? DecimalComma.number(text) : text);
            } catch (NumberFormatException e) {
                others.add(Columns.called(names.names().get(column)) + " "
                        + Excerpt.quoted(firstRow.get(column).strip()));
            }
        }
        if (others.size() > 1) {
            throw new IngestException(RowPlaces.shown(firstFile, 0, firstLine)
                    + ": expected numbers in the columns of the features, got "
                    + String.join(", ", others) + "; data.columns gives types to columns of names, times and gaps"
                    + " (data.columns: auto guesses them)");
        }
    }

    private static String delimiter(SourceSpec spec, List<FileStatus> files) {
        if (spec.delimiter() != null) {
            return spec.delimiter();
        }
        String name = files.get(0).getPath().getName().toLowerCase(Locale.ROOT);
        return name.contains(".tsv") ? "\t" : ",";
    }

    /** The columns, by name if there is a header. */
    Columns columns(String source) {
        return header == null ? Columns.numbered(source, fields) : new Columns(source, List.of(header));
    }

    /** Opens part of a file. */
    Rows open(Configuration configuration, FilePart part) throws IOException {
        return new Rows(configuration, part);
    }

    /** The rows of part of a file, divided into fields. */
    final class Rows {
        private final DelimitedLines lines;
        private final String file;
        private boolean headerRead;
        private long row = -1;

        private Rows(Configuration configuration, FilePart part) throws IOException {
            lines = new DelimitedLines(configuration, part.split(), format);
            file = DataFiles.shown(part.path());
            headerRead = header == null || !lines.atStart();
        }

        /** Goes to the next row; false if there is none. */
        boolean next() throws IOException, RowException {
            row++;
            if (!headerRead) {
                headerRead = true;
                if (!lines.next()) {
                    return false;
                }
                checkHeader();
            }
            return lines.next();
        }

        /** The files of a set must agree on what their columns are. */
        private void checkHeader() throws RowException {
            Delimited line = lines.fields();
            List<String> names = line.texts().stream().map(String::strip).toList();
            if (header != null && !names.equals(List.of(header))) {
                throw new RowException(
                        "header",
                        "expected " + Excerpt.of(String.join(",", header)) + " as in " + firstFile + ", got "
                                + Excerpt.of(String.join(",", names)));
            }
        }

        /** The fields of the current row. */
        Delimited read() throws RowException {
            Delimited line = lines.fields();
            if (line.fields() != fields) {
                throw new RowException(null, "expected " + fields + " fields" + asInFirst() + ", got " + line.fields());
            }
            return line;
        }

        private String asInFirst() {
            return file.equals(firstFile) ? "" : " as in " + firstFile;
        }

        long row() {
            return row;
        }

        long line() {
            return lines.number();
        }

        String file() {
            return file;
        }

        void close() throws IOException {
            lines.close();
        }
    }
}
