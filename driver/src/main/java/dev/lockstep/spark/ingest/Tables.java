package dev.lockstep.spark.ingest;

import dev.lockstep.spark.config.SourceSpec;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The tables that a job can name: data frames that a program hands in, and behind them those of Spark's catalog.
 *
 * @param spark whose catalog
 * @param frames data frames by the name that stands for them in the job, and in errors
 */
public record Tables(SparkSession spark, Map<String, Dataset<Row>> frames) {
    /** Takes a copy. */
    public Tables {
        frames = Map.copyOf(frames);
    }

    /** Those of the catalog alone. */
    public static Tables of(SparkSession spark) {
        return new Tables(spark, Map.of());
    }

    /**
     * The table, view or data frame that a path names.
     *
     * @throws IngestException if there is none
     */
    Dataset<Row> table(SourceSpec spec) {
        Dataset<Row> frame = frames.get(spec.path());
        return frame == null ? Sources.table(spark, spec) : frame;
    }
}
