package dev.lockstep.spark.scripts;

import dev.lockstep.spark.sync.TaskSlots;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * This JVM as the driver of a standalone cluster whose executors are processes of their own, of one core and 512 MB
 * each.
 */
public final class ClusterSession implements AutoCloseable {
    private static final int EXECUTORS_SECONDS = 90;

    /** Most of an executor's life is its start here. */
    private static final String QUICK = "--add-modules=jdk.incubator.vector " + Scripts.QUICK;

    private final StandaloneCluster cluster;
    private final SparkSession spark;
    private final JavaSparkContext context;
    private final int executors;

    private ClusterSession(StandaloneCluster cluster, SparkSession spark, int executors) {
        this.cluster = cluster;
        this.spark = spark;
        this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        this.executors = executors;
    }

    /**
     * Starts a cluster and a session on it.
     *
     * @param folder for the cluster's files
     * @param executors how many executors
     * @param properties of Spark, name and value by turns
     */
    public static ClusterSession start(Path folder, int executors, String... properties) {
        StandaloneCluster cluster = StandaloneCluster.start(folder, executors);
        try {
            return on(cluster, executors, properties);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Starts a session on a cluster, which is stopped when the session is closed.
     *
     * @param executors how many executors: all that the cluster has room for
     * @param properties of Spark, name and value by turns
     */
    public static ClusterSession on(StandaloneCluster cluster, int executors, String... properties) {
        SparkSession.Builder builder = SparkSession.builder()
                .master(cluster.url())
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.executor.memory", "512m")
                // So that no training waits for more.
                .config("spark.cores.max", executors)
                .config("spark.executor.defaultJavaOptions", QUICK)
                .config("spark.executor.extraClassPath", ownClasses());
        for (int i = 0; i < properties.length; i += 2) {
            builder.config(properties[i], properties[i + 1]);
        }
        return new ClusterSession(cluster, builder.getOrCreate(), executors);
    }

    /** What executors do not have from Spark. */
    private static String ownClasses() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Files.isDirectory(Path.of(entry))
                        || Path.of(entry).getFileName().toString().startsWith("lockstep-"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The cluster. */
    public StandaloneCluster cluster() {
        return cluster;
    }

    /** The session. */
    public SparkSession spark() {
        return spark;
    }

    /** The session's context. */
    public JavaSparkContext context() {
        return context;
    }

    /** How many executors there are. */
    public int executors() {
        return new TaskSlots(context, line -> {}).available();
    }

    /** Waits until all executors are there, again. */
    public void awaitExecutors() {
        awaitExecutors(executors);
    }

    /** Waits until there are so many executors. */
    public void awaitExecutors(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(EXECUTORS_SECONDS);
        while (executors() != count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        executors() + " executors after " + EXECUTORS_SECONDS + " seconds, not " + count);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() {
        spark.stop();
        cluster.close();
    }
}
