package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.spark.config.JobFile;
import dev.lockstep.spark.config.JobSpec;
import dev.lockstep.spark.scripts.ClusterSession;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver's heap does not grow with the rows: what full collections leave at most while a job reads its rows and
 * trains is the same for 16 times the rows. The driver is this JVM; {@code scripts/memory} measures larger ones.
 */
@Tag("cluster")
@Timeout(600)
@Tag("long")
class DriverHeapTest {
    private static final int FEW = 100_000;
    private static final int MANY = 1_600_000;
    private static final int FEATURES = 4;
    private static final int STEPS = 10;
    /** A byte that were kept a row would be 1.5 MB. */
    private static final long MARGIN = 1_000_000;

    /** What this many collections one after the other have left is held; messages under way are not. */
    private static final int COLLECTIONS = 5;

    @TempDir
    private Path folder;

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

    private static long most(ClusterSession session, JobSpec job) throws Exception {
        try (HeapCollector collector = new HeapCollector()) {
            new TrainingJob(session.spark(), job, collector).run();
            return collector.held(COLLECTIONS);
        }
    }

    @Test
    void doesNotGrowWithTheRows() throws Exception {
        try (ClusterSession session = ClusterSession.start(folder.resolve("cluster"), 1)) {
            session.awaitExecutors();
            // What is kept is kept each time; classes and Spark's and Netty's caches come with the first.
            long first = most(session, job(MANY));
            long few = most(session, job(FEW));
            long many = Math.min(first, most(session, job(MANY)));
            assertThat(many).isLessThan(few + MARGIN);
        }
    }
}
