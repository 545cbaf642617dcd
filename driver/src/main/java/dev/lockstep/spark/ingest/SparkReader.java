package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.SourceSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;

/** Whatever a reader of Spark reads, as a data frame. */
final class SparkReader {
    private static final String VIEW = "rows";

    private static final String BINARY_FILE = "binaryfile";

    /** What readers of whole files call the path of a row's file. */
    private static final Map<String, String> PATHS = Map.of(BINARY_FILE, "path", "image", "image.origin");

    /** The name of the folder that such a file lies in: what it shows, where people sort files by that. */
    private static final String FOLDER = "folder";

    private SparkReader() {}

    /**
     * Opens what a job file names.
     *
     * @throws IngestException if the reader does not exist, or it cannot read that
     */
    static Dataset<Row> open(SparkSession spark, SourceSpec source) {
        String reader = source.reader();
        if (reader == null) {
            throw new IngestException(
                    source.path() + ": format spark needs reader, such as orc, json, avro, jdbc or delta");
        }
        String query = source.query();
        // The view of a query lives in a session of its own, so nothing is left behind in this one.
        SparkSession session = query == null ? spark : spark.newSession();
        Map<String, String> options = source.options() == null ? Map.of() : source.options();
        try {
            DataFrameReader reading = session.read().format(reader);
            String pathColumn = PATHS.get(reader.toLowerCase(Locale.ROOT));
            if (pathColumn != null) {
                // Folders of images, however deep, unless the options say that their names are partitions.
                reading = reading.option("recursiveFileLookup", true);
            }
            reading = reading.options(options);
            Dataset<Row> rows = source.isWithoutPath() ? reading.load() : reading.load(source.path());
            if (pathColumn != null) {
                rows = rows.withColumn(FOLDER, functions.regexp_extract(path(pathColumn), "([^/]+)/[^/]*$", 1));
            }
            if (query == null) {
                return rows;
            }
            rows.createOrReplaceTempView(VIEW);
            return session.sql(query);
        } catch (Exception e) {
            throw new IngestException(source.path() + ": reader " + reader + " cannot read it: " + reason(e), e);
        }
    }

    /** The column with the path of a row's file, where each file is a row; -1: there is none. */
    static int fileColumn(SourceSpec source, List<String> columns) {
        return BINARY_FILE.equalsIgnoreCase(source.reader()) && source.query() == null ? columns.indexOf("path") : -1;
    }

    /** The path as it is called; one of the readers gives it as part of a URL. */
    private static Column path(String column) {
        Column path = functions.col(column);
        return column.equals("path") ? path : functions.url_decode(functions.regexp_replace(path, "\\+", "%2B"));
    }

    /** The first line: Spark lists its plan behind it. */
    private static @Nullable String reason(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
