package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.text.TextLines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** What the project's own readers of files read, as data frames with all cells. */
final class FileTables {
    private static final String FEATURES = "__lockstep_features";

    private FileTables() {}

    /**
     * A table of delimited text.
     *
     * @param rows every field a column of text; a name that comes again has its number behind it
     * @param columns the columns as the file names them
     * @param files opens the files
     */
    record CsvTable(Dataset<Row> rows, Columns columns, Broadcast<SerializableConfiguration> files) {}

    /** Every field a column of text. */
    static CsvTable csv(SparkSession spark, SourceSpec source, List<FileStatus> files) {
        FileReading reading = new FileReading(spark, files, !source.isMultiLine());
        CsvFormat format = CsvFormat.read(reading.configuration(), files, source);
        Columns columns = format.columns(source.path());
        StructType type = new StructType();
        for (String name : columns.uniqueNames()) {
            type = type.add(name, DataTypes.StringType);
        }
        Dataset<Row> table = table(spark, reading, type, false, (configuration, part) -> {
            CsvFormat.Rows rows = format.open(configuration, part);
            return new TableCursor() {
                @Override
                public boolean next() throws IOException, RowException {
                    return rows.next();
                }

                @Override
                public Object[] cells() throws RowException {
                    return rows.read().texts().toArray();
                }

                @Override
                public long line() {
                    return rows.line();
                }

                @Override
                public void close() throws IOException {
                    rows.close();
                }
            };
        });
        return new CsvTable(table, columns, reading.shared());
    }

    /** The label and the rest of each line. */
    static RawTable libsvm(SparkSession spark, List<FileStatus> files, DataSchema schema) {
        StructType type = new StructType().add("label", DataTypes.StringType).add("features", DataTypes.StringType);
        FileReading reading = new FileReading(spark, files, true);
        Dataset<Row> table = table(spark, reading, type, false, (configuration, part) -> {
            TextLines lines = new TextLines(configuration, part.split());
            LibSvmLine line = new LibSvmLine();
            return new TableCursor() {
                @Override
                public boolean next() throws IOException, RowException {
                    return lines.next();
                }

                @Override
                public Object[] cells() throws RowException {
                    // A line without a label would lose its first feature.
                    line.split(lines.line());
                    String[] halves = lines.line().strip().split("\\s+", 2);
                    return new Object[] {halves[0], halves.length == 2 ? halves[1] : ""};
                }

                @Override
                public long line() {
                    return lines.number();
                }

                @Override
                public void close() throws IOException {
                    lines.close();
                }
            };
        });
        return new RawTable(
                table,
                new LibSvmInputs(schema.shape().size()),
                List.of(RawTable.PLACE),
                RowPlaces.inFiles(table.schema(), reading.shared()));
    }

    /** The number of each row, and its values in a column that is not for the output. */
    static RawTable idx(SparkSession spark, SourceSpec source, List<FileStatus> files, DataSchema schema) {
        SourceRequest request = SourceRequest.like(schema, source, SourceRequest.Role.TEST);
        Configuration configuration = spark.sessionState().newHadoopConf();
        IdxFile file = IdxFile.read(configuration, IdxSource.featureFile(request, files));
        RawTable.checkWidth(source.path(), file.width(), schema);
        StructType type = new StructType().add("row", DataTypes.LongType).add(FEATURES, DataTypes.BinaryType);
        FileReading reading = new FileReading(spark, FileParts.distribute(spark, file.parts(spark, file.compressed())));
        Dataset<Row> table = table(
                spark,
                reading,
                type,
                true,
                (conf, part) -> new IdxTableCursor(file, file.open(conf, part.start()), part));
        return new RawTable(
                table,
                new IdxInputs(file.width()),
                List.of(FEATURES, RawTable.PLACE),
                RowPlaces.inFiles(table.schema(), null));
    }

    private static Dataset<Row> table(
            SparkSession spark,
            FileReading reading,
            StructType type,
            boolean rowRanges,
            FileReading.Opener<TableCursor> opener) {
        Broadcast<SerializableConfiguration> conf = reading.shared();
        return spark.createDataFrame(
                reading.parts().flatMap(parts -> new PlacedRows(conf.value().value(), parts, rowRanges, opener)),
                type.add(RawTable.PLACE, DataTypes.StringType));
    }

    /**
     * Features in column 1 as {@code index:value} pairs.
     *
     * @param width how many there are
     */
    private record LibSvmInputs(int width) implements RowInputs {
        @Override
        public int[] columns() {
            return new int[] {1};
        }

        @Override
        public ValueNames names() {
            return LibSvmSource.NAMES;
        }

        @Override
        public void read(Row row, RawRow raw) throws RowException {
            LibSvmLine line = new LibSvmLine();
            line.split("0 " + row.getString(1));
            line.features(raw);
        }
    }

    /**
     * Features in column 1 as little-endian doubles.
     *
     * @param width how many there are
     */
    private record IdxInputs(int width) implements RowInputs {
        @Override
        public int[] columns() {
            return new int[] {1};
        }

        @Override
        public ValueNames names() {
            return IdxSource.NAMES;
        }

        @Override
        public void read(Row row, RawRow raw) {
            ByteBuffer.wrap(row.getAs(1))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asDoubleBuffer()
                    .get(raw.features());
        }
    }

    /** Rows of an idx file. */
    private static final class IdxTableCursor implements TableCursor {
        private final int width;
        private final IdxFile.Rows rows;
        private final long end;
        private long row;

        IdxTableCursor(IdxFile file, IdxFile.Rows rows, FilePart part) {
            this.width = file.width();
            this.rows = rows;
            this.row = part.start() - 1;
            this.end = part.start() + part.length();
        }

        @Override
        public boolean next() throws IOException, RowException {
            row++;
            if (row == end) {
                return false;
            }
            rows.next();
            return true;
        }

        @Override
        public Object[] cells() {
            ByteBuffer values = ByteBuffer.allocate(Double.BYTES * width).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < width; i++) {
                values.putDouble(rows.value(i));
            }
            return new Object[] {row, values.array()};
        }

        @Override
        public long line() {
            return 0;
        }

        @Override
        public void close() throws IOException {
            rows.close();
        }
    }
}
