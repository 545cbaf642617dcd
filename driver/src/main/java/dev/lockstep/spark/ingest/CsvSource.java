package dev.lockstep.spark.ingest;

import dev.lockstep.nn.spec.Excerpt;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** Delimited text files. */
final class CsvSource implements Source {
    private final FileReading reading;
    private final CsvFormat format;
    private final Columns columns;
    private final ColumnRoles roles;
    private final SourceDescription description;

    CsvSource(SparkSession spark, SourceRequest request, List<FileStatus> files) {
        this.reading = new FileReading(spark, files, request.spec().rows() == null);
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
        boolean typed = description.types() != null;
        return reading.read(
                reader,
                (configuration, part) ->
                        new Cursor(csv.open(configuration, part), all.names(), chosen, labelled, typed));
    }

    /** Reads the columns that matter. */
    private static final class Cursor implements RowCursor {
        private final CsvFormat.Rows rows;
        private final List<String> names;
        private final int[] features;
        private final int[] labels;
        private final int weight;
        private final int length;
        private final int split;
        private final boolean labelled;
        private final boolean typed;

        Cursor(CsvFormat.Rows rows, List<String> names, ColumnRoles roles, boolean labelled, boolean typed) {
            this.rows = rows;
            this.names = names;
            this.features = ColumnRoles.numbers(roles.features());
            this.labels = ColumnRoles.numbers(roles.labels());
            this.weight = roles.weight();
            this.length = roles.length();
            this.split = roles.split();
            this.labelled = labelled;
            this.typed = typed;
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
            double[] numbers = typed ? new double[0] : row.features();
            for (int i = 0; i < (typed ? features.length : row.validFeatures()); i++) {
                if (typed) {
                    row.cells[i] = fields.text(features[i]);
                } else {
                    numbers[i] = number(fields, features[i]);
                }
            }
            if (labelled) {
                String label = fields.text(labels[0]).strip();
                if (label.isEmpty()) {
                    throw new RowException(Columns.called(names.get(labels[0])), "expected a label, got nothing");
                }
                row.label(label);
            } else {
                for (int i = 0; i < row.validTargets(); i++) {
                    row.targets[i] = number(fields, labels[i]);
                }
            }
            if (weight >= 0) {
                row.weight = number(fields, weight);
            }
            if (split >= 0) {
                row.splitCell = fields.text(split);
            }
        }

        private double number(Delimited fields, int column) throws RowException {
            try {
                return fields.number(column);
            } catch (NumberFormatException e) {
                throw new RowException(
                        Columns.called(names.get(column)),
                        "expected a number, got " + Excerpt.quoted(fields.text(column)));
            }
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
