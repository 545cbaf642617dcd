package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.column.ColumnSpec;
import dev.lockstep.nn.data.column.Numeric;
import dev.lockstep.nn.spec.Excerpt;
import dev.lockstep.spark.ingest.text.DecimalComma;
import dev.lockstep.spark.ingest.text.Delimited;
import dev.lockstep.spark.ingest.text.DelimitedFormat;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Delimited text files. */
final class CsvSource implements Source {
    private final FileReading reading;
    private final CsvFormat format;
    private final Columns columns;
    private final ColumnRoles roles;
    private final SourceDescription description;

    CsvSource(SparkSession spark, SourceRequest request, List<FileStatus> files) {
        this.reading = new FileReading(
                spark, files, request.spec().rows() == null && !request.spec().isMultiLine());
        this.format = CsvFormat.read(reading.configuration(), files, request.spec());
        this.columns = format.columns(request.name());
        this.roles = ColumnRoles.of(request, columns);
        // Behind the end of a row there may be anything, so that only reading the row can tell.
        if (!request.isTyped() && roles.length() < 0) {
            format.checkNumbers(columns, roles.features());
        }
        this.description = request.isTyped()
                ? SourceDescription.ofTypes(request, columns, roles, false)
                : SourceDescription.ofColumns(
                        request,
                        columns,
                        roles,
                        roles.features().size(),
                        ValueNames.ofColumns(columns.names(roles.features())),
                        false);
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    @Override
    public <T> JavaRDD<T> read(PartitionReader<T> reader) {
        CsvFormat csv = format;
        Columns all = columns;
        ColumnRoles chosen = roles;
        boolean labelled = description.labelled();
        LabelColumns labels = new LabelColumns(
                labelled, description.request().targets().classes(roles.labels().size()));
        boolean[] commas = commas();
        return reading.read(
                reader,
                (configuration, part) ->
                        new Cursor(csv.open(configuration, part), all.names(), chosen, labels, commas));
    }

    /**
     * For each column with a type, whether its cells are numbers that may have a comma; empty where none has a type.
     */
    private boolean[] commas() {
        List<ColumnSpec> types =
                description.types() == null ? List.of() : description.types().specs();
        boolean comma = DelimitedFormat.isComma(description.request().spec().decimal());
        boolean[] commas = new boolean[types.size()];
        for (int i = 0; i < commas.length; i++) {
            commas[i] = comma && types.get(i) instanceof Numeric;
        }
        return commas;
    }

    /**
     * What the label columns hold.
     *
     * @param labelled whether the one column holds a class that is to be found
     * @param classes for each column its classes; null where it holds a number
     */
    private record LabelColumns(boolean labelled, @Nullable ClassIndex[] classes) implements Serializable {}

    /** Reads the columns that matter. */
    private static final class Cursor implements RowCursor {
        private final CsvFormat.Rows rows;
        private final List<String> names;
        private final int[] features;
        private final int[] labels;
        private final int weight;
        private final int length;
        private final int split;
        private final LabelColumns labelColumns;
        /** See {@link CsvSource#commas}. */
        private final boolean[] commas;

        Cursor(CsvFormat.Rows rows, List<String> names, ColumnRoles roles, LabelColumns labels, boolean[] commas) {
            this.rows = rows;
            this.names = names;
            this.features = ColumnRoles.numbers(roles.features());
            this.labels = ColumnRoles.numbers(roles.labels());
            this.weight = roles.weight();
            this.length = roles.length();
            this.split = roles.split();
            this.labelColumns = labels;
            this.commas = commas;
        }

        @Override
        public boolean next() throws IOException, RowException {
            return rows.next();
        }

        @Override
        public void read(RawRow row) throws RowException {
            Delimited fields = rows.read();
            if (length >= 0) {
                row.length(number(fields, length));
            }
            if (commas.length > 0) {
                readCells(fields, row);
            } else {
                double[] numbers = row.features();
                for (int i = 0; i < row.validFeatures(); i++) {
                    numbers[i] = number(fields, features[i]);
                }
            }
            if (labelColumns.labelled()) {
                row.label(label(fields, labels[0]));
            } else {
                for (int i = 0; i < row.validTargets(); i++) {
                    ClassIndex classes = labelColumns.classes()[i];
                    row.targets[i] = classes == null
                            ? number(fields, labels[i])
                            : classes.find(label(fields, labels[i]), Columns.called(names.get(labels[i])));
                }
            }
            if (weight >= 0) {
                row.weight = number(fields, weight);
            }
            if (split >= 0) {
                row.splitCell = fields.text(split);
            }
        }

        private String label(Delimited fields, int column) throws RowException {
            String label = fields.text(column).strip();
            if (label.isEmpty()) {
                throw new RowException(Columns.called(names.get(column)), "expected a label, got nothing");
            }
            return label;
        }

        private void readCells(Delimited fields, RawRow row) throws RowException {
            for (int i = 0; i < features.length; i++) {
                String text = fields.text(features[i]);
                try {
                    row.cells[i] = commas[i] ? DecimalComma.number(text) : text;
                } catch (NumberFormatException e) {
                    throw notANumber(features[i], text);
                }
            }
        }

        private double number(Delimited fields, int column) throws RowException {
            try {
                return fields.number(column);
            } catch (NumberFormatException e) {
                throw notANumber(column, fields.text(column));
            }
        }

        private RowException notANumber(int column, String text) {
            return new RowException(
                    Columns.called(names.get(column)), "expected a number, got " + Excerpt.quoted(text));
        }

        @Override
        public long row() {
            return rows.row();
        }

        @Override
        public long line() {
            return rows.line();
        }

        @Override
        public String file() {
            return rows.file();
        }

        @Override
        public void close() throws IOException {
            rows.close();
        }
    }
}
