package dev.lockstep.spark.ingest;

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
    private final SourceRequest.Roles roles;
    private final Targets targets;

    CsvSource(SparkSession spark, SourceRequest request, List<FileStatus> files) {
        this.reading = new FileReading(spark, files, request.spec().rows() == null);
        this.format = CsvFormat.read(
                reading.configuration(),
                files,
                CsvFormat.delimiter(request.spec(), files),
                CsvFormat.headed(request.spec()));
        this.columns = format.columns(request.spec().path());
        this.roles = request.resolve(columns);
        this.targets = request.targets();
    }

    @Override
    public String name() {
        return columns.source();
    }

    @Override
    public int width() {
        return roles.features().size();
    }

    @Override
    public List<String> featureColumns() {
        return columns.names(roles.features());
    }

    @Override
    public List<String> labelColumns() {
        return columns.names(roles.labels());
    }

    @Override
    public int outputs() {
        return roles.labels().size();
    }

    @Override
    public boolean weighted() {
        return roles.weight() >= 0;
    }

    @Override
    public boolean sequences() {
        return roles.length() >= 0;
    }

    @Override
    public boolean rowsCountWithinFile() {
        return false;
    }

    @Override
    public JavaRDD<Packed> pack(PackPlan plan) {
        CsvFormat csv = format;
        int[] features = roles.features().stream().mapToInt(column -> column).toArray();
        int[] labels = roles.labels().stream().mapToInt(column -> column).toArray();
        int weight = roles.weight();
        int length = roles.length();
        boolean classes = targets == Targets.CLASS;
        String[] names = columns.names().toArray(String[]::new);
        return reading.pack(
                plan,
                (configuration, part) ->
                        new Cursor(csv.open(configuration, part), features, labels, weight, length, classes, names));
    }

    /** Reads the columns that matter. */
    private static final class Cursor implements RowCursor {
        private final CsvFormat.Rows rows;
        private final int[] features;
        private final int[] labels;
        private final int weight;
        private final int length;
        private final boolean classes;
        private final String[] names;

        Cursor(
                CsvFormat.Rows rows,
                int[] features,
                int[] labels,
                int weight,
                int length,
                boolean classes,
                String[] names) {
            this.rows = rows;
            this.features = features;
            this.labels = labels;
            this.weight = weight;
            this.length = length;
            this.classes = classes;
            this.names = names;
        }

        @Override
        public boolean next() throws IOException, RowException {
            return rows.next();
        }

        @Override
        public void read(RawRow row) throws RowException {
            Delimited fields = rows.read();
            for (int i = 0; i < features.length; i++) {
                row.features[i] = number(fields, features[i]);
            }
            if (classes) {
                String label = fields.text(labels[0]).strip();
                if (label.isEmpty()) {
                    throw new RowException(Columns.called(names[labels[0]]), "expected a label, got nothing");
                }
                row.label(label);
            } else {
                for (int i = 0; i < labels.length; i++) {
                    row.targets[i] = number(fields, labels[i]);
                }
            }
            if (weight >= 0) {
                row.weight = number(fields, weight);
            }
            if (length >= 0) {
                row.length = number(fields, length);
            }
        }

        private double number(Delimited fields, int column) throws RowException {
            try {
                return fields.number(column);
            } catch (NumberFormatException e) {
                throw new RowException(
                        Columns.called(names[column]), "expected a number, got \"" + fields.text(column) + "\"");
            }
        }

        @Override
        public long row() {
            return rows.row();
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
