package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.EpochOrder;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.train.MemoryModel.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The tables of sizes in {@code docs/reliability.md} are those that the memory model gives. */
class MemoryPageTest {
    private static final int EXECUTORS = 8;
    private static final int SHARDS = 64;
    private static final int WIDTH = 100;
    private static final MemoryLimits VAST = new MemoryLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    private static String size(long bytes) {
        double megabytes = bytes / (double) (1 << 20);
        return megabytes < 1000
                ? String.format(Locale.ROOT, "%.0f MB", megabytes)
                : String.format(Locale.ROOT, "%,.1f GB", megabytes / 1024);
    }

    private static List<String> parameters() {
        List<String> lines = new ArrayList<>();
        Placement placement = Placement.of(ShardAssignment.of(SHARDS, EXECUTORS), EXECUTORS);
        for (long count = 1_000_000; count <= 1_000_000_000; count *= 10) {
            long probe = count > 1 << 22 ? 0 : 2 * count * Float.BYTES;
            TrainingSizes sizes = new TrainingSizes(count, count, 2, 0, SHARDS, false, false, false, 0, 0, probe);
            for (Way way : Way.values()) {
                MemoryModel model = MemoryModel.of(way, sizes, placement, false);
                boolean possible = model.obstacle(VAST) == null;
                lines.add(String.format(
                        Locale.ROOT,
                        "| %,d | %s | %s | %s | %s |",
                        count,
                        way.toString().replaceFirst(".* ", ""),
                        possible ? size(MemoryModel.bytes(model.driver())) : "no",
                        possible ? size(MemoryModel.bytes(model.executor())) : "no",
                        !possible ? "no" : way == Way.ALLREDUCE ? "" : size(model.resultBytes())));
            }
        }
        return lines;
    }

    private static List<String> rows() {
        List<String> lines = new ArrayList<>();
        for (long count = 1_000_000; count <= 1_000_000_000; count *= 10) {
            long shard = (count + SHARDS - 1) / SHARDS;
            long window = EpochOrder.windowNumbers(shard, WIDTH) * Float.BYTES;
            lines.add(String.format(
                    Locale.ROOT,
                    "| %,d | %,d | %s | %s |",
                    count,
                    shard,
                    size(count * WIDTH * Float.BYTES / EXECUTORS),
                    size(window * SHARDS / EXECUTORS)));
        }
        return lines;
    }

    @Test
    void hasTheFiguresOfTheModel() throws IOException {
        List<String> lines = parameters();
        lines.addAll(rows());
        Files.write(Files.createDirectories(Path.of("target")).resolve("memory.md"), lines);
        assertThat(Files.readAllLines(Path.of("..", "docs", "reliability.md"))).containsAll(lines);
    }
}
