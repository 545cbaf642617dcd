package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.SourceSpec;
import java.util.Map;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Whatever a reader of Spark reads, as a data frame. */
final class SparkReader {
    private static final String VIEW = "rows";

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
                    source.path() + ": format spark needs a reader, such as orc, json, avro, jdbc or delta");
        }
        String query = source.query();
        // The view of a query lives in a session of its own, so nothing is left behind in this one.
        SparkSession session = query == null ? spark : spark.newSession();
        Map<String, String> options = source.options() == null ? Map.of() : source.options();
        try {
            DataFrameReader reading = session.read().format(reader).options(options);
            Dataset<Row> rows = source.isWithoutPath() ? reading.load() : reading.load(source.path());
            if (query == null) {
                return rows;
            }
            rows.createOrReplaceTempView(VIEW);
            return session.sql(query);
        } catch (Exception e) {
            throw new IngestException(source.path() + ": reader " + reader + " cannot read it: " + reason(e), e);
        }
    }

    /** The first line: Spark lists its plan behind it. */
    private static @Nullable String reason(Exception e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
