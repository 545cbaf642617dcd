package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.report.TrainingListener;
import dev.lockstep.spark.scripts.ClusterSession;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver's heap does not grow with the rows: what full collections leave at most while a job reads its rows and trains is the same for four
 * times the rows. The driver is this JVM; {@code scripts/memory} measures larger ones.
 */
@Tag("cluster")
@Timeout(600)
class DriverHeapTest {
    private static final int ROWS = 500_000;
    private static final int FEATURES = 4;
    private static final int STEPS = 10;
    /** Collections leave more or less; a byte that were kept a row would be 1.5 MB. */
    private static final long MARGIN = 1_000_000;

    private static final int INTERVAL_MILLIS = 100;

    @TempDir
    private Path folder;

    /** Collects again and again, and remembers the most that was left. */
    private static final class Collector implements TrainingListener, AutoCloseable {
        private final CountDownLatch end = new CountDownLatch(1);
        private final Thread thread = new Thread(this::collectTillTheEnd, "collector");
        private long most;

        Collector() {
            thread.start();
        }

        private void collectTillTheEnd() {
            try {
                do {
                    collect();
                } while (!end.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private synchronized void collect() {
            System.gc();
            // What a collection left, not what has been allocated since.
            long left = ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP)
                    .map(MemoryPoolMXBean::getCollectionUsage)
                    .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
                    .sum();
            most = Math.max(most, left);
        }

        @Override
        public void step(int epoch, long stepInEpoch, long stepsInEpoch, double loss) {
            collect();
        }

        synchronized long most() {
            return most;
        }

        @Override
        public void close() throws InterruptedException {
            end.countDown();
            thread.join();
        }
    }

    private JobSpec job(int rows) throws IOException {
        Path features = folder.resolve("rows-" + rows + "-idx2-ubyte");
        Path labels = folder.resolve("labels-" + rows + "-idx1-ubyte");
        Random random = new Random(1);
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(features)));
                DataOutputStream classes =
                        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(labels)))) {
            out.writeInt(0x0802);
            out.writeInt(rows);
            out.writeInt(FEATURES);
            classes.writeInt(0x0801);
            classes.writeInt(rows);
            byte[] row = new byte[FEATURES];
            for (int i = 0; i < rows; i++) {
                random.nextBytes(row);
                out.write(row);
                classes.writeByte(i % 3);
            }
        }
        String text = """
            data: {train: {path: "%s", label: "%s"}, validation: 0.1, scale: standardise}
            model: {layers: [{dense: 4}, relu, {dense: 3}], loss: crossEntropy}
            train: {epochs: 1, batchSize: %d}
            sync: {transport: driver}
            output: {dir: unused}
            """.formatted(features, labels, rows * 9 / 10 / STEPS);
        return JobFile.parse(text, "heap.yaml", List.of());
    }

    private static long most(ClusterSession session, JobSpec job) throws InterruptedException {
        try (Collector collector = new Collector()) {
            new TrainingJob(session.spark(), job, collector).run();
            return collector.most();
        }
    }

    @Test
    void doesNotGrowWithTheRows() throws IOException, InterruptedException {
        try (ClusterSession session = ClusterSession.start(folder.resolve("cluster"), 1)) {
            session.awaitExecutors();
            // Classes are loaded, Spark's and Java's own caches filled.
            most(session, job(ROWS / 10));
            long few = most(session, job(ROWS));
            long many = most(session, job(4 * ROWS));
            assertThat(many).isLessThan(few + MARGIN);
        }
    }
}
