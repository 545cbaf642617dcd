package dev.lockstep.spark.ingest;

import dev.lockstep.nn.data.column.ColumnProfile;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.config.SourceSpec.Format;
import dev.lockstep.spark.ingest.text.DecimalComma;
import dev.lockstep.spark.ingest.text.DelimitedFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The content of the columns of a table for which no types are given. One pass over all rows, in memory that is bounded
 * for each column; the same whatever the partitions and the order of the rows.
 */
public final class TableProfile {
    private final List<String> columns;
    private final List<ColumnProfile> profiles;

    private TableProfile(List<String> columns, List<ColumnProfile> profiles) {
        this.columns = columns;
        this.profiles = profiles;
    }

    /**
     * Reads the rows that a job file names.
     *
     * @throws IngestException if they are no table, or cannot be read
     */
    public static TableProfile of(Tables tables, SourceSpec source) {
        SparkSession spark = tables.spark();
        SourceSpec completed = Sources.resolve(spark, source, null);
        Format format = Objects.requireNonNull(completed.format());
        return of(
                source.path(),
                DelimitedFormat.isComma(completed.decimal()),
                switch (format) {
                    case CSV ->
                        FileTables.csv(spark, completed, Sources.files(spark, completed))
                                .rows()
                                .drop(RawTable.PLACE);
                    case PARQUET -> spark.read().parquet(completed.path());
                    case TABLE -> tables.table(completed);
                    case SPARK -> SparkReader.open(spark, completed);
                    case IDX, LIBSVM, TEXT ->
                        throw new IngestException(source.path() + ": expected a table with columns, this is "
                                + format.name().toLowerCase(Locale.ROOT));
                });
    }

    /**
     * Reads a data frame.
     *
     * @param source what errors call it
     */
    static TableProfile of(String source, Dataset<Row> rows) {
        return of(source, false, rows);
    }

    private static TableProfile of(String source, boolean comma, Dataset<Row> rows) {
        Dataset<Row> table = NestedColumns.flat(rows);
        List<String> names = List.of(table.columns());
        int width = names.size();
        JavaRDD<byte[]> parts = table.javaRDD().mapPartitions(part -> profile(part, width, comma));
        Profiles all = parts.getNumPartitions() == 0
                ? new Profiles(width)
                : JavaBytes.read(parts.treeReduce(TableProfile::merge), Profiles.class);
        if (width == 0 || all.columns.get(0).rows() == 0) {
            throw new IngestException(source + ": no rows");
        }
        return new TableProfile(names, List.copyOf(all.columns));
    }

    private static Iterator<byte[]> profile(Iterator<Row> rows, int width, boolean comma) {
        Profiles profiles = new Profiles(width);
        rows.forEachRemaining(row -> {
            for (int i = 0; i < width; i++) {
                Object cell = row.get(i);
                String number = comma && cell instanceof String text ? DecimalComma.withPoint(text) : null;
                profiles.columns.get(i).add(number == null ? known(cell) : number);
            }
        });
        return List.of(JavaBytes.of(profiles)).iterator();
    }

    private static @Nullable Object known(@Nullable Object cell) {
        try {
            return SparkImage.cell(cell);
        } catch (RowException e) {
            return cell;
        }
    }

    private static byte[] merge(byte[] left, byte[] right) {
        Profiles merged = JavaBytes.read(left, Profiles.class);
        Profiles other = JavaBytes.read(right, Profiles.class);
        for (int i = 0; i < merged.columns.size(); i++) {
            merged.columns.get(i).merge(other.columns.get(i));
        }
        return JavaBytes.of(merged);
    }

    /** Profiles of the columns over some rows. */
    private static final class Profiles implements Serializable {
        private static final long serialVersionUID = 1L;

        private final ArrayList<ColumnProfile> columns = new ArrayList<>();

        Profiles(int width) {
            for (int i = 0; i < width; i++) {
                columns.add(new ColumnProfile());
            }
        }
    }

    /** The names of the columns. */
    public List<String> columns() {
        return columns;
    }

    /** The profile of a column, by its number. */
    public ColumnProfile column(int number) {
        return profiles.get(number);
    }

    /** How many rows there are. */
    public long rows() {
        return profiles.get(0).rows();
    }
}
