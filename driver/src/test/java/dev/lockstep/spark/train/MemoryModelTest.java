package dev.lockstep.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.spark.shard.ShardAssignment;
import dev.lockstep.spark.train.MemoryModel.Item;
import dev.lockstep.spark.train.MemoryModel.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The arithmetic of memory, against numbers added up by hand. */
class MemoryModelTest {
    private static final long MB = 1 << 20;

    /** A parameter is a vector of one MB, so that vectors count as MB. */
    private static final long PARAMETERS = MB / Float.BYTES;

    private static final Placement TWO = Placement.of(ShardAssignment.of(8, 2), 2);

    private static TrainingSizes adam(long parameters) {
        return new TrainingSizes(parameters, parameters, 2, 0, 8, false, false, false, 0, 0, 0);
    }

    private static long driver(MemoryModel model) {
        return MemoryModel.bytes(model.driver()) / MB;
    }

    private static long executor(MemoryModel model) {
        return MemoryModel.bytes(model.executor()) / MB;
    }

    private static MemoryModel model(Way way, TrainingSizes sizes, Placement placement) {
        return MemoryModel.of(way, sizes, placement, placement.processes() == 1);
    }

    @Test
    void countsNodesOfRanksAndTasks() {
        // Ranks of 2, 3 and 3 shards: [0, 2), [2, 4) and [4, 5), [5, 6) and [6, 8).
        assertThat(Placement.of(ShardAssignment.of(8, 2), 1)).isEqualTo(new Placement(1, 2, 2, 2, 8, 2, 2, 2, 1, 6));
        Placement three = Placement.of(ShardAssignment.of(8, 3), 3);
        assertThat(three.allTaskNodes()).isBetween(4, 5);
        assertThat(three.rankNodes()).isEqualTo(2);
        assertThat(three.shards()).isEqualTo(3);
        // Two tasks of two threads: a task's threads complete a node of two shards each, together one of four.
        Placement threads = Placement.of(ShardAssignment.of(8, 2, 2), 2);
        assertThat(threads.rankNodes()).isEqualTo(2);
        assertThat(threads.taskNodes()).isEqualTo(1);
        assertThat(threads.means()).isEqualTo(4);
    }

    @Test
    void addsUpWhatOneProcessHolds() {
        Placement local = Placement.of(ShardAssignment.of(8, 2), 1);
        // Parameters, two slots, two nodes; with all-reduce the ranks' own slots; six states of shards.
        assertThat(driver(model(Way.DRIVER, adam(PARAMETERS), local))).isEqualTo(3 + 2);
        assertThat(driver(model(Way.ALLREDUCE, adam(PARAMETERS), local))).isEqualTo(3 + 2 + 2);
        assertThat(driver(model(Way.AVERAGING, adam(PARAMETERS), local))).isEqualTo(3 + 2 + 6 * 3);
        assertThat(model(Way.AVERAGING, adam(PARAMETERS), local).executor()).isEmpty();
        assertThat(model(Way.AVERAGING, adam(PARAMETERS), local).resultBytes()).isZero();
    }

    @Test
    void addsUpWhatDriverAndExecutorsHold() {
        MemoryModel byDriver = model(Way.DRIVER, adam(PARAMETERS), TWO);
        assertThat(driver(byDriver))
                .as("state, two results as floats and bytes")
                .isEqualTo(3 + 4);
        assertThat(executor(byDriver)).as("parameters, a node, its bytes twice").isEqualTo(1 + 1 + 2);
        assertThat(byDriver.resultBytes()).isEqualTo(2 * MB);
        MemoryModel allReduce = model(Way.ALLREDUCE, adam(PARAMETERS), TWO);
        assertThat(driver(allReduce)).as("state and the next one").isEqualTo(3 + 3);
        assertThat(MemoryModel.bytes(allReduce.executor()))
                .as("parameters, a node, half of the slots, half of the other's node")
                .isEqualTo((1 + 1) * MB + MB + MB / 2);
        assertThat(allReduce.resultBytes()).isZero();
        MemoryModel averaging = model(Way.AVERAGING, adam(PARAMETERS), TWO);
        assertThat(driver(averaging)).isEqualTo(3 + 2 * 2 * 3);
        assertThat(executor(averaging)).as("a node, three states, start, bytes").isEqualTo(1 + 3 * 3 + 3 + 2 * 3);
        assertThat(averaging.resultBytes()).isEqualTo(6 * MB);
    }

    @Test
    void countsWhatAJobAdds() {
        TrainingSizes all =
                new TrainingSizes(PARAMETERS, PARAMETERS, 3, 1, 8, true, true, true, 5 * MB, 7 * MB, 9 * MB);
        Placement local = Placement.of(ShardAssignment.of(8, 2), 1);
        // State, residuals and the copy of all; what measures layers; a gradient, a window and a batch of each shard.
        assertThat(driver(model(Way.DRIVER, all, local))).isEqualTo(2 * (4 + 1 + 8) + 9 + 8 + 8 * 5 + 8 * 7);
        assertThat(model(Way.DRIVER, all, TWO).resultBytes()).isEqualTo((2 + 8) * MB);
        assertThat(driver(model(Way.ALLREDUCE, all, TWO))).isEqualTo(2 * (4 + 1 + 8) + 9 + 4 + 8);
    }

    /** Of a table of which few rows are used a gradient keeps only these. */
    @Test
    void countsNoGradientThatIsKeptByRows() {
        TrainingSizes table = new TrainingSizes(PARAMETERS, 0, 2, 0, 8, false, false, false, 0, 0, 0);
        assertThat(driver(model(Way.DRIVER, table, TWO))).isEqualTo(3);
        assertThat(executor(model(Way.DRIVER, table, TWO))).isEqualTo(1);
        assertThat(model(Way.DRIVER, table, TWO).resultBytes()).isZero();
        assertThat(MemoryModel.bytes(model(Way.ALLREDUCE, table, TWO).executor()))
                .isEqualTo(2 * MB);
    }

    @Test
    void refusesInOneLine() {
        MemoryLimits limits = new MemoryLimits(1024 * MB, 1024 * MB, 64 * MB);
        TrainingSizes sizes = adam(20_000_000);
        assertThat(model(Way.DRIVER, sizes, TWO).obstacle(limits))
                .isEqualTo("sync.transport driver brings 152 MB back to the driver at once, more than"
                        + " spark.driver.maxResultSize allows (64 MB); --conf spark.driver.maxResultSize=156m is"
                        + " enough");
        assertThat(model(Way.ALLREDUCE, sizes, TWO).obstacle(limits)).isNull();
        assertThat(model(Way.AVERAGING, sizes, TWO).obstacle(limits))
                .startsWith("sync.mode averaging takes at least 1,144 MB in the heap of the driver (results, and as"
                        + " bytes 915 MB,")
                .endsWith("which has 1,024 MB; raise it with --driver-memory (spark.driver.memory)");
        assertThat(model(Way.ALLREDUCE, sizes, TWO).obstacle(new MemoryLimits(1024 * MB, 200 * MB, 64 * MB)))
                .contains(" in the heap of an executor (")
                .endsWith("which has 200 MB; raise it with --executor-memory (spark.executor.memory)");
        MemoryLimits vast = new MemoryLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(model(Way.ALLREDUCE, adam(1_500_000_000), TWO).obstacle(vast))
                .isEqualTo("sync.transport allreduce needs an array of 3,000,000,000 elements, more than the"
                        + " 2,147,483,639 that Java has; fewer units, an optimiser with fewer slots take less");
        assertThat(model(Way.DRIVER, adam(600_000_000), TWO).obstacle(vast))
                .contains("an array of 2,400,000,000 elements")
                .endsWith(", sync.transport allreduce take less");
        assertThat(model(Way.ALLREDUCE, adam(600_000_000), TWO).obstacle(vast)).isNull();
    }

    @Test
    void oneWayThatFitsIsEnough() {
        MemoryLimits limits = new MemoryLimits(1024 * MB, 1024 * MB, 64 * MB);
        MemoryModel byDriver = model(Way.DRIVER, adam(20_000_000), TWO);
        MemoryModel allReduce = model(Way.ALLREDUCE, adam(20_000_000), TWO);
        TrainingMemory both = new TrainingMemory(20_000_000, limits, List.of(byDriver, allReduce));
        both.check();
        assertThat(both.obstacle(Way.DRIVER)).contains("maxResultSize");
        assertThat(both.obstacle(Way.ALLREDUCE)).isNull();
        assertThat(both.obstacle(Way.AVERAGING)).isNull();
        assertThatThrownBy(() -> new TrainingMemory(20_000_000, limits, List.of(byDriver)).check())
                .hasMessageStartingWith("model.layers: 20,000,000 parameters: sync.transport driver brings 152 MB");
        assertThat(both.table())
                .startsWith(
                        "memory in MB, sync.transport driver              driver     executor",
                        "  parameters                                       76.3         76.3")
                .contains(
                        "  next state                                      228.9",
                        "  heap                                          1,024.0      1,024.0",
                        "  spark.driver.maxResultSize                       64.0");
    }

    /** Sizes that no machine has are refused, not negative. */
    @Test
    void nothingOverflows() {
        TrainingSizes vast = new TrainingSizes(
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                3,
                2,
                1 << 30,
                true,
                true,
                true,
                Long.MAX_VALUE / 3,
                1L << 50,
                1L << 25);
        Placement placement = new Placement(2, 2, 2, 4, 1 << 29, 9, 9, 18, 9, 30);
        MemoryLimits limits = new MemoryLimits(1L << 50, 1L << 50, 1L << 50);
        for (Way way : Way.values()) {
            MemoryModel model = MemoryModel.of(way, vast, placement, false);
            assertThat(model.driver()).extracting(Item::bytes).allMatch(bytes -> bytes > 0);
            assertThat(model.executor()).extracting(Item::bytes).allMatch(bytes -> bytes > 0);
            assertThat(MemoryModel.bytes(model.executor())).isEqualTo(Long.MAX_VALUE);
            assertThat(model.obstacle(limits)).isNotNull();
        }
    }
}
