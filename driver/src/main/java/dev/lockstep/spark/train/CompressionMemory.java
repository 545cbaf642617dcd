package dev.lockstep.spark.train;

import dev.lockstep.nn.train.Compression;
import java.util.Locale;
import org.apache.spark.SparkConf;

/**
 * Whether what compression needs for each shard has room: better an error before the first step than a process that
 * dies in it. With {@code S} shards and {@code P} parameters, the gradients of all shards are {@code 4 S P} bytes over
 * all ranks; residuals are as many again, with the ranks and on the driver, and come back to it each round.
 *
 * @param heap bytes that the driver's JVM can have
 * @param local whether the ranks are in the driver's JVM too
 * @param maxResult bytes that may come back to the driver from one job
 */
record CompressionMemory(long heap, boolean local, long maxResult) {

    /** The room that an application has. */
    static CompressionMemory of(SparkConf conf, boolean local) {
        long maxResult = conf.getSizeAsBytes("spark.driver.maxResultSize", "1g");
        return new CompressionMemory(
                Runtime.getRuntime().maxMemory(), local, maxResult == 0 ? Long.MAX_VALUE : maxResult);
    }

    /**
     * Refuses what has no room.
     *
     * @throws IllegalArgumentException naming the key and what to change
     */
    void check(Compression compression, int shards, int ranks, long parameters) {
        if (compression instanceof Compression.None) {
            return;
        }
        long vectors = Float.BYTES * parameters * shards;
        // The state and what comes back; in one JVM gradients and the state.
        long needed =
                (compression.keepsResiduals() ? vectors : 0) + (compression.keepsResiduals() || local ? vectors : 0);
        if (needed > heap) {
            throw failure(
                    needed,
                    shards,
                    parameters,
                    "the driver's heap of " + size(heap) + "; give it more with --driver-memory");
        }
        if (local || !compression.keepsResiduals()) {
            return;
        }
        if (vectors > maxResult) {
            throw failure(
                    vectors,
                    shards,
                    parameters,
                    "spark.driver.maxResultSize of " + size(maxResult) + " may bring back in a round; raise it");
        }
        long result = Float.BYTES * parameters * ((shards + ranks - 1) / ranks);
        if (result > Integer.MAX_VALUE) {
            throw failure(result, shards, parameters, "the 2 GB that one rank can bring back; use more ranks");
        }
    }

    private static IllegalArgumentException failure(long bytes, int shards, long parameters, String limit) {
        return new IllegalArgumentException(String.format(
                Locale.ROOT,
                "sync.compression: it takes %s (vectors of %,d parameters for %d shards), more than %s, or use fewer"
                        + " data.shards or compression none",
                size(bytes),
                parameters,
                shards,
                limit));
    }

    private static String size(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes / 1_000_000);
    }
}
