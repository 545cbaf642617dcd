package dev.lockstep.spark.sync;

import dev.lockstep.nn.kernel.Kernels;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A process that trains.
 *
 * @param name {@code driver}, or the executor and its host
 * @param java version of its JVM
 * @param kernels name of its kernels: scalar, simd-256 and so on
 * @param copies how many copies of Lockstep its class path has
 * @param processors how many processors it sees
 * @param heapBytes the most that its heap may grow to
 */
public record ProcessFacts(String name, String java, String kernels, int copies, int processors, long heapBytes)
        implements Serializable {
    private static final String DRIVER = "driver";

    /** This process. */
    public static ProcessFacts here() {
        SparkEnv env = SparkEnv.get();
        boolean driver = env.executorId().equals(DRIVER);
        return new ProcessFacts(
                driver
                        ? DRIVER
                        // An executor has no address for calls, but one for blocks.
                        : "executor " + env.executorId() + " on "
                                + env.blockManager().blockManagerId().host(),
                System.getProperty("java.version"),
                Kernels.get().name(),
                copiesHere(),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory());
    }

    private static int copiesHere() {
        String resource = Kernels.class.getName().replace('.', '/') + ".class";
        try {
            return Collections.list(
                            Thread.currentThread().getContextClassLoader().getResources(resource))
                    .size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The processes that tasks run in, each once.
     *
     * @param slots how many tasks can run at the same time
     */
    public static List<ProcessFacts> ofTasks(JavaSparkContext context, int slots) {
        return context
                .parallelize(IntStream.range(0, slots).boxed().toList(), slots)
                .map(task -> here())
                .collect()
                .stream()
                .distinct()
                .sorted((left, right) -> left.name().compareTo(right.name()))
                .toList();
    }
}
