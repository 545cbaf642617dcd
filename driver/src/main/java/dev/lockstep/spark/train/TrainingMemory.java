package dev.lockstep.spark.train;

import dev.lockstep.nn.model.Network;
import dev.lockstep.spark.config.SyncSpec;
import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.sync.Cluster;
import dev.lockstep.spark.train.MemoryModel.Way;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;

/**
 * Whether a training fits into the memory of its processes, each way that its job allows. Asked before rows are read,
 * when the network is known, and again when the rows are known too.
 */
final class TrainingMemory {
    private final long parameters;
    private final MemoryLimits limits;
    private final List<MemoryModel> models;

    /**
     * The memory of a training.
     *
     * @param parameters how many it has
     * @param limits the room
     * @param models one for each way that the job allows
     */
    TrainingMemory(long parameters, MemoryLimits limits, List<MemoryModel> models) {
        this.parameters = parameters;
        this.limits = limits;
        this.models = List.copyOf(models);
    }

    /**
     * The memory of a job.
     *
     * @param network bound to the rows' features
     * @param assignment which ranks and tasks have which shards
     */
    static TrainingMemory of(
            SyncSpec sync,
            Network network,
            TrainingSizes sizes,
            Cluster cluster,
            SparkConf conf,
            ShardAssignment assignment) {
        boolean local = cluster.isDriver();
        Placement placement = Placement.of(assignment, cluster.processes(assignment.tasks()));
        List<MemoryModel> models = new ArrayList<>();
        for (Way way : ways(sync, network, cluster)) {
            models.add(MemoryModel.of(way, sizes, placement, local));
        }
        return new TrainingMemory(sizes.parameters(), MemoryLimits.of(conf, local), models);
    }

    private static List<Way> ways(SyncSpec sync, Network network, Cluster cluster) {
        if (sync.mode() == SyncSpec.Mode.AVERAGING) {
            return List.of(Way.AVERAGING);
        }
        return switch (sync.transport()) {
            case DRIVER -> List.of(Way.DRIVER);
            case ALLREDUCE -> List.of(Way.ALLREDUCE);
            case AUTO ->
                network.globalStatistics()
                        ? List.of(Way.ALLREDUCE)
                        : cluster.obstacleToAllReduce() == null
                                ? List.of(Way.DRIVER, Way.ALLREDUCE)
                                : List.of(Way.DRIVER);
        };
    }

    /**
     * Refuses what does not fit any way that the job allows.
     *
     * @throws IllegalArgumentException naming what is too large and the setting to change
     */
    void check() {
        String obstacle = null;
        for (MemoryModel model : models) {
            obstacle = model.obstacle(limits);
            if (obstacle == null) {
                return;
            }
        }
        throw new IllegalArgumentException(
                String.format(Locale.ROOT, "model.layers: %,d parameters: %s", parameters, obstacle));
    }

    /** Why a way does not fit; null if it does, or the job does not allow it. */
    @Nullable
    String obstacle(Way way) {
        for (MemoryModel model : models) {
            if (model.way() == way) {
                return model.obstacle(limits);
            }
        }
        return null;
    }

    /** What the processes hold, way by way, as the lines of a table. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        for (MemoryModel model : models) {
            lines.add(line("memory in MB, " + model.way(), "driver", "executor"));
            Set<String> names = new LinkedHashSet<>();
            model.driver().forEach(item -> names.add(item.what()));
            model.executor().forEach(item -> names.add(item.what()));
            for (String name : names) {
                lines.add(line("  " + name, bytes(model.driver(), name), bytes(model.executor(), name)));
            }
            lines.add(line(
                    "  at least",
                    megabytes(MemoryModel.bytes(model.driver())),
                    of(MemoryModel.bytes(model.executor()))));
            lines.add(line("  heap", megabytes(limits.driver()), of(limits.executor())));
            if (model.resultBytes() > 0) {
                lines.add(line("  results of a job", megabytes(model.resultBytes()), ""));
                lines.add(line("  spark.driver.maxResultSize", of(limits.results()), ""));
            }
        }
        return lines;
    }

    private static String bytes(List<MemoryModel.Item> items, String name) {
        for (MemoryModel.Item item : items) {
            if (item.what().equals(name)) {
                return megabytes(item.bytes());
            }
        }
        return "";
    }

    private static String of(long bytes) {
        return bytes == 0 ? "" : megabytes(bytes);
    }

    private static String megabytes(long bytes) {
        return bytes == Long.MAX_VALUE ? "" : String.format(Locale.ROOT, "%,.1f", bytes / (double) (1 << 20));
    }

    private static String line(String what, String driver, String executor) {
        return String.format(Locale.ROOT, "%-42s %12s %12s", what, driver, executor)
                .stripTrailing();
    }
}
