package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.scripts.ClusterSession;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.util.NettyUtils;
import org.apache.spark.storage.BlockManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many rounds leave nothing behind, on the driver or on the executors: neither heap nor direct memory nor threads nor
 * open files nor Spark's blocks and broadcasts grow. {@code scripts/soak} runs it.
 */
@Tag("cluster")
@EnabledIfSystemProperty(named = "lockstep.soak.rounds", matches = "[0-9]+")
@Tag("long")
class SoakTest {
    private static final int ROUNDS = Integer.getInteger("lockstep.soak.rounds", 0);
    private static final int SAMPLES = 10;
    private static final int EXECUTORS = 2;
    /**
     * The collector leaves more or less; a leak of 2 KB a round would be 2 MB in the 1,000 rounds that are compared.
     */
    private static final long HEAP_MARGIN = 2L << 20;
    /** Two chunks of Netty's pools, which grow by the chance meeting of requests. */
    private static final long DIRECT_MARGIN = 8L << 20;

    /** Messages that are under way while a process is sampled; a leak of 256 bytes a round would be twice this. */
    private static final long USED_MARGIN = 128L << 10;
    /** For Spark's cleaner: as long as blocks still go, within a while. */
    private static final int SETTLE_TRIES = 40;

    private static final int SETTLED = 6;
    private static final int SETTLE_MILLIS = 250;
    /** Pools that grow with the chance meeting of requests. */
    private static final int POOL_MARGIN = 4;

    @TempDir
    private Path folder;

    /**
     * A process at a moment.
     *
     * @param process driver or number of the executor
     * @param heapBytes on the heap after a full collection
     * @param directBytes outside the heap: direct buffers of Java and of Netty
     * @param usedBytes of those, what buffers of Spark's transport hold that were not released
     * @param threads that live
     * @param files open files
     * @param blocks that Spark's block manager knows
     * @param broadcasts pieces of broadcasts among them
     */
    record Sample(
            String process,
            long heapBytes,
            long directBytes,
            long usedBytes,
            int threads,
            long files,
            int blocks,
            int broadcasts)
            implements Serializable {
        /**
         * After Spark's cleaner has dropped what the collector found unused, the broadcast of the sampling job too:
         * when several samples in a row have as many blocks.
         */
        static Sample here() {
            Sample last = now();
            int settled = 0;
            for (int i = 0; i < SETTLE_TRIES && settled < SETTLED; i++) {
                sleep(SETTLE_MILLIS);
                Sample next = now();
                settled = next.blocks < last.blocks || next.broadcasts < last.broadcasts ? 0 : settled + 1;
                last = next;
            }
            return last;
        }

        private static Sample now() {
            System.gc();
            BlockManager blocks = SparkEnv.get().blockManager();
            return new Sample(
                    SparkEnv.get().executorId(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    directMemory(),
                    notReleased(true) + notReleased(false),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                            .getOpenFileDescriptorCount(),
                    blocks.getMatchingBlockIds(id -> true).size(),
                    blocks.getMatchingBlockIds(id -> id.isBroadcast()).size());
        }

        private static long directMemory() {
            long java = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> "direct".equals(pool.getName()))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            // Netty's own, which Java does not count; negative if Netty takes them from Java.
            return java + Math.max(0, PlatformDependent.usedDirectMemory());
        }

        private static long notReleased(boolean cached) {
            return NettyUtils.getSharedPooledByteBufAllocator(true, cached).pinnedDirectMemory();
        }

        String line(int round) {
            return String.format(
                    Locale.ROOT,
                    "%6d  %-8s %8.1f MB %6.1f MB direct %8d bytes used %4d threads %4d files %4d blocks %4d broadcasts",
                    round,
                    process,
                    heapBytes / 1e6,
                    directBytes / 1e6,
                    usedBytes,
                    threads,
                    files,
                    blocks,
                    broadcasts);
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Samples all processes ten times. */
    private static final class Sampler implements TrainingListener {
        private final ClusterSession session;
        private final List<List<Sample>> samples = new ArrayList<>();
        private int rounds;

        Sampler(ClusterSession session) {
            this.session = session;
        }

        @Override
        public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
            rounds++;
            if (rounds % (ROUNDS / SAMPLES) == 0 && samples.size() < SAMPLES) {
                // What the driver's collector finds unused, the executors drop.
                Sample.here();
                List<Sample> now = new ArrayList<>(session.context()
                        .parallelize(List.of(0, 1), EXECUTORS)
                        .map(i -> {
                            // One task an executor: none is done before the other has begun.
                            sleep(500);
                            return Sample.here();
                        })
                        .collect());
                assertThat(now).extracting(Sample::process).doesNotHaveDuplicates();
                now.sort(Comparator.comparing(Sample::process));
                now.add(Sample.here());
                now.forEach(sample -> System.out.println(sample.line(rounds)));
                samples.add(now);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"GRADIENT", "ALLREDUCE", "AVERAGING"})
    void leavesNothingBehind(SmallJob.Mode mode) throws IOException {
        Path rows = SmallJob.write(folder, 3, 4);
        // 13 steps an epoch: 13 rounds, one, or five.
        int epochs =
                switch (mode) {
                    case GRADIENT -> ROUNDS / 13 + 1;
                    case AVERAGING -> ROUNDS / 5 + 1;
                    default -> ROUNDS;
                };
        try (ClusterSession session = ClusterSession.start(
                folder.resolve("cluster"),
                EXECUTORS,
                "spark.executor.defaultJavaOptions",
                "--add-modules=jdk.incubator.vector -XX:+UseParallelGC")) {
            session.awaitExecutors();
            Sampler sampler = new Sampler(session);
            System.out.println(mode);
            new TrainingJob(
                            session.spark(),
                            SmallJob.job(
                                    rows.toString(), "csv", mode, "data.validation=null", "train.epochs=" + epochs),
                            sampler)
                    .run();
            assertThat(sampler.samples).hasSize(SAMPLES);
            for (int process = 0; process <= EXECUTORS; process++) {
                Sample half = sampler.samples.get(SAMPLES / 2 - 1).get(process);
                Sample end = sampler.samples.get(SAMPLES - 1).get(process);
                String name = mode + ", " + end.process();
                assertThat(end.heapBytes()).as(name + ": heap").isLessThan(half.heapBytes() + HEAP_MARGIN);
                assertThat(end.directBytes())
                        .as(name + ": direct memory")
                        .isLessThanOrEqualTo(half.directBytes() + DIRECT_MARGIN);
                assertThat(end.usedBytes())
                        .as(name + ": buffers not released")
                        .isLessThanOrEqualTo(half.usedBytes() + USED_MARGIN);
                assertThat(end.threads()).as(name + ": threads").isLessThanOrEqualTo(half.threads() + POOL_MARGIN);
                assertThat(end.files()).as(name + ": files").isLessThanOrEqualTo(half.files() + POOL_MARGIN);
                assertThat(end.blocks()).as(name + ": blocks").isLessThanOrEqualTo(half.blocks() + POOL_MARGIN);
                assertThat(end.broadcasts()).as(name + ": broadcasts").isLessThanOrEqualTo(half.broadcasts());
            }
        }
    }
}
