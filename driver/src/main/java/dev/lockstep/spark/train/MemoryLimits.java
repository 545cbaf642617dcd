package dev.lockstep.spark.train;

import org.apache.spark.SparkConf;

/**
 * The room that an application has.
 *
 * @param driver bytes of the driver's heap
 * @param executor bytes of an executor's heap; {@code Long.MAX_VALUE} where ranks share the driver's process
 * @param results bytes that one Spark job may bring back to the driver
 */
record MemoryLimits(long driver, long executor, long results) {
    /** Elements of the longest array that a JVM is sure to make. */
    static final long ARRAY = Integer.MAX_VALUE - 8L;

    /**
     * The room that the settings leave.
     *
     * @param local whether ranks share the driver's process
     */
    static MemoryLimits of(SparkConf conf, boolean local) {
        long results = conf.getSizeAsBytes("spark.driver.maxResultSize", "1g");
        return new MemoryLimits(
                Runtime.getRuntime().maxMemory(),
                local ? Long.MAX_VALUE : conf.getSizeAsBytes("spark.executor.memory", "1g"),
                local || results == 0 ? Long.MAX_VALUE : results);
    }
}
