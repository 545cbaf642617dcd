package dev.lockstep.spark;

import org.apache.spark.sql.SparkSession;

/** Spark in this JVM. */
public final class LocalSession {
    private LocalSession() {}

    /**
     * Starts a session, or returns the one that runs.
     *
     * @param cores tasks that run at the same time, if each takes one
     * @param properties of Spark, name and value by turns
     */
    public static SparkSession start(int cores, String... properties) {
        SparkSession.Builder builder =
                SparkSession.builder().master("local[" + cores + "]").config("spark.ui.enabled", "false");
        for (int i = 0; i < properties.length; i += 2) {
            builder.config(properties[i], properties[i + 1]);
        }
        return builder.getOrCreate();
    }
}
