package dev.lockstep.spark.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a training hold at the fullest moment of a round, in bytes: plain arithmetic over the sizes of
 * the job and the placement of its ranks. With {@code V = 4 P} bytes for a vector of {@code P} parameters and {@code k}
 * slots of the optimiser,
 *
 * <pre>{@code
 * state      (1 + k) V, and with residuals a vector a shard
 * gradients  V for each node of the shard tree that a rank completes; V a shard with compression
 * windows    of each shard, up to 32,768 rows
 * }</pre>
 *
 * <p>and what each {@link Way} adds. Counted is what has to be in a heap; what Spark moves to disk when there is no
 * room, blocks of rows and broadcasts, is not, nor are Spark's own some hundred megabytes. So a job that does not fit
 * cannot run, while one that barely fits may still fail.
 */
final class MemoryModel {
    private final Way way;
    private final TrainingSizes sizes;
    private final Placement placement;
    private final boolean local;
    private final List<Item> driver = new ArrayList<>();
    private final List<Item> executor = new ArrayList<>();

    /** How the shards agree on new parameters. */
    enum Way {
        /** Gradients travel to the driver. */
        DRIVER("sync.transport driver"),
        /** Gradients travel between the ranks. */
        ALLREDUCE("sync.transport allreduce"),
        /** Parameters and slots travel to the driver, which averages them. */
        AVERAGING("sync.mode averaging");

        private final String setting;

        Way(String setting) {
            this.setting = setting;
        }

        /** What a job file says. */
        @Override
        public String toString() {
            return setting;
        }
    }

    /** Something that a process holds. */
    record Item(String what, long bytes) {}

    private MemoryModel(Way way, TrainingSizes sizes, Placement placement, boolean local) {
        this.way = way;
        this.sizes = sizes;
        this.placement = placement;
        this.local = local;
    }

    /**
     * The model of a training.
     *
     * @param local whether the ranks share the driver's process; then the driver holds all
     */
    static MemoryModel of(Way way, TrainingSizes sizes, Placement placement, boolean local) {
        MemoryModel model = new MemoryModel(way, sizes, placement, local);
        model.driverState();
        model.ranks(local ? model.driver : model.executor);
        switch (way) {
            case DRIVER -> model.byDriver();
            case ALLREDUCE -> model.allReduce();
            case AVERAGING -> model.averaging();
        }
        return model;
    }

    private void driverState() {
        long kept = sizes.residuals() ? sizes.shards() : 0;
        add(driver, "parameters", 1);
        add(driver, "optimiser slots", sizes.slots());
        add(driver, "best epoch, outer momentum", sizes.driverVectors());
        add(driver, "residuals", kept);
        if (sizes.checkpoints()) {
            add(driver, "copy for a checkpoint", sizes.stateVectors() + sizes.driverVectors() + kept);
        }
        addBytes(driver, "measuring the layers", sizes.probeBytes());
    }

    /** What ranks hold all the time. */
    private void ranks(List<Item> items) {
        int gradients = sizes.shardGradients() ? placement.shards() : placement.rankNodes();
        addBytes(items, "gradients", product(gradients, sizes.gradientBytes()));
        addBytes(items, "windows of rows", product(placement.shards(), sizes.windowBytes()));
        addBytes(items, "rows of a step, layers' outputs", product(placement.shards(), sizes.stepBytes()));
    }

    private void byDriver() {
        if (local) {
            return;
        }
        add(executor, "parameters", placement.tasks());
        add(executor, "residuals, and as bytes", sizes.residuals() ? 2L * placement.shards() : 0);
        // As bytes, and again as Spark's message.
        addBytes(executor, "results as bytes", product(2L * placement.taskNodes(), sizes.gradientBytes()));
        addBytes(driver, "results, and as bytes", product(2, resultBytes()));
    }

    private void allReduce() {
        if (local) {
            add(driver, "slots of the ranks", sizes.slots());
            return;
        }
        add(driver, "next state", sizes.stateVectors() + (sizes.residuals() ? sizes.shards() : 0));
        add(executor, "parameters", 1);
        share(executor, "optimiser slots", product(sizes.slots(), sizes.vectorBytes()));
        long others = placement.allTaskNodes() - (long) placement.taskNodes();
        share(executor, "gradients of others", product(others, sizes.gradientBytes()));
        add(executor, "residuals", sizes.residuals() ? placement.shards() : 0);
    }

    private void averaging() {
        List<Item> items = local ? driver : executor;
        add(items, "states of shards", product(placement.means(), sizes.stateVectors()));
        if (local) {
            return;
        }
        add(executor, "parameters and slots", product(placement.tasks(), sizes.stateVectors()));
        add(executor, "results as bytes", product(2L * placement.taskNodes(), sizes.stateVectors()));
        addBytes(driver, "results, and as bytes", product(2, resultBytes()));
    }

    private void add(List<Item> items, String what, long vectors) {
        addBytes(items, what, product(vectors, sizes.vectorBytes()));
    }

    /** The part of some vectors that the ranks of a process own. */
    private void share(List<Item> items, String what, long bytes) {
        addBytes(items, what, product(bytes / placement.allRanks(), placement.ranks()));
    }

    private static void addBytes(List<Item> items, String what, long bytes) {
        if (bytes > 0) {
            items.add(new Item(what, bytes));
        }
    }

    /** A product that is {@code Long.MAX_VALUE} where it would overflow; of numbers that are not negative. */
    private static long product(long a, long b) {
        return a != 0 && b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
    }

    /** The way. */
    Way way() {
        return way;
    }

    /** What the driver holds. */
    List<Item> driver() {
        return List.copyOf(driver);
    }

    /** What an executor holds; nothing where the ranks share the driver's process. */
    List<Item> executor() {
        return List.copyOf(executor);
    }

    /** Bytes of some items. */
    static long bytes(List<Item> items) {
        long sum = 0;
        for (Item item : items) {
            sum = sum(sum, item.bytes());
        }
        return sum;
    }

    /** Bytes that one job brings back to the driver. */
    long resultBytes() {
        if (local) {
            return 0;
        }
        return switch (way) {
            case DRIVER ->
                sum(
                        product(placement.allTaskNodes(), sizes.gradientBytes()),
                        sizes.residuals() ? product(sizes.shards(), sizes.vectorBytes()) : 0);
            case ALLREDUCE -> 0;
            case AVERAGING -> product(product(placement.allTaskNodes(), sizes.stateVectors()), sizes.vectorBytes());
        };
    }

    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /** Elements of the longest array. */
    long longestArray() {
        long slots = product(sizes.slots(), sizes.parameters());
        long node = way == Way.AVERAGING
                ? product(sizes.stateVectors(), sizes.vectorBytes())
                : way == Way.DRIVER ? sizes.gradientBytes() : 0;
        long result = local ? 0 : product(placement.mostTaskNodes(), node);
        return Math.max(slots, result);
    }

    /** Why it does not fit, in one line: what, how much, and which setting to change; null if it fits. */
    @Nullable
    String obstacle(MemoryLimits limits) {
        if (bytes(driver) > limits.driver()) {
            return tooMuch("the driver", driver, limits.driver(), "--driver-memory (spark.driver.memory)");
        }
        if (bytes(executor) > limits.executor()) {
            return tooMuch("an executor", executor, limits.executor(), "--executor-memory (spark.executor.memory)");
        }
        if (resultBytes() > limits.results()) {
            return String.format(
                    Locale.ROOT,
                    "%s brings %s back to the driver at once, more than spark.driver.maxResultSize allows (%s);"
                            + " --conf spark.driver.maxResultSize=%dm is enough",
                    way,
                    size(resultBytes()),
                    size(limits.results()),
                    // With what Spark adds to each result.
                    (resultBytes() + resultBytes() / 50 >> 20) + 1);
        }
        if (longestArray() > MemoryLimits.ARRAY) {
            return String.format(
                    Locale.ROOT,
                    "%s needs an array of %,d elements, more than the %,d that Java has; fewer units, an optimiser"
                            + " with fewer slots%s take less",
                    way,
                    longestArray(),
                    MemoryLimits.ARRAY,
                    way == Way.ALLREDUCE ? "" : ", sync.transport allreduce");
        }
        return null;
    }

    private String tooMuch(String who, List<Item> items, long limit, String setting) {
        List<Item> largest = items.stream()
                .sorted((a, b) -> Long.compare(b.bytes(), a.bytes()))
                .limit(3)
                .toList();
        StringBuilder text = new StringBuilder();
        for (Item item : largest) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(item.what())
                    .append(' ')
                    .append(size(item.bytes()));
        }
        return String.format(
                Locale.ROOT,
                "%s takes at least %s in the heap of %s (%s), which has %s; raise it with %s",
                way,
                size(bytes(items)),
                who,
                text,
                size(limit),
                setting);
    }

    /** Bytes in words. */
    static String size(long bytes) {
        return String.format(Locale.ROOT, "%,d MB", bytes >> 20);
    }
}
