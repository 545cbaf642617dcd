package dev.lockstep.spark.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nn.data.RowLayout;
import dev.lockstep.nn.data.RowRules;
import dev.lockstep.nn.tensor.Shape;
import dev.lockstep.spark.SparkTest;
import dev.lockstep.spark.config.DataSpec;
import dev.lockstep.spark.config.SourceSpec;
import dev.lockstep.spark.ingest.JavaBytes;
import dev.lockstep.spark.ingest.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels of which no partition has all. */
class ManyClassesTest extends SparkTest {
    private static final int CLASSES = 100_000;
    private static final int SHARDS = 3;

    @Test
    void aHundredThousandClassesInManyPartitions() {
        int rows = CLASSES + 20_000;
        spark.range(0, rows, 1, 40)
                .selectExpr("cast(id % 97 as double) as x", "concat('c', id % " + CLASSES + ") as kind")
                .createOrReplaceTempView("kinds");
        TreeMap<String, Integer> indexes = new TreeMap<>();
        IntStream.range(0, CLASSES).forEach(i -> indexes.put("c" + i, 0));
        int next = 0;
        for (var entry : indexes.entrySet()) {
            entry.setValue(next++);
        }
        float[] packed = new float[2 * rows];
        for (int row = 0; row < rows; row++) {
            packed[2 * row] = row % 97;
            packed[2 * row + 1] = Objects.requireNonNull(indexes.get("c" + row % CLASSES));
        }
        RowLayout layout = new RowLayout(Shape.of(1), Shape.of(1), false, false);
        SourceSpec source = source().path("kinds")
                .format(SourceSpec.Format.TABLE)
                .label("kind")
                .spec();
        try (JobData data = JobData.read(
                spark,
                new DataSpec(source, null, null, SHARDS, null),
                Targets.CLASS,
                unused -> RowRules.ANY,
                SEED,
                ShardAssignment.of(SHARDS, 2))) {
            assertThat(data.classes()).isEqualTo(CLASSES);
            assertThat(data.training().shards()).isEqualTo(expected(layout, packed, SHARDS));
        }
    }

    /** Whether classes are discovered or listed, tasks that read rows do not carry the names of all of them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tasksAreSmallHoweverManyClasses(boolean listed) {
        spark.range(0, CLASSES, 1, 4)
                .selectExpr("cast(id % 97 as double) as x", "concat('c', id) as kind")
                .createOrReplaceTempView("all_kinds");
        Spec rows = source().path("all_kinds").format(SourceSpec.Format.TABLE).label("kind");
        if (listed) {
            rows.classes(IntStream.range(0, CLASSES).mapToObj(i -> "c" + i).toArray(String[]::new));
        }
        List<String> warnings = new CopyOnWriteArrayList<>();
        AbstractAppender appender = new AbstractAppender("large", null, null, true, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                warnings.add(event.getMessage().getFormattedMessage());
            }
        };
        appender.start();
        // Spark warns of tasks of more than 1000 KiB.
        Logger scheduler = (Logger) LogManager.getLogger("org.apache.spark.scheduler.DAGScheduler");
        scheduler.addAppender(appender);
        try (JobData data = JobData.read(
                spark,
                new DataSpec(rows.spec(), null, null, SHARDS, null),
                Targets.CLASS,
                unused -> RowRules.ANY,
                SEED,
                ShardAssignment.of(SHARDS, 2))) {
            assertThat(data.classes()).isEqualTo(CLASSES);
        } finally {
            scheduler.removeAppender(appender);
        }
        assertThat(warnings).isEmpty();
    }

    /** From one partition to several levels of the tree; some partitions know nothing. */
    @Test
    void everyPartIsMergedOnce() {
        for (int parts : new int[] {0, 1, 8, 9, 100}) {
            List<byte[]> numbers = new ArrayList<>();
            for (int i = 0; i < parts; i++) {
                numbers.add(JavaBytes.of(new ArrayList<>(List.of(i))));
            }
            JavaRDD<byte[]> rows = jsc().parallelize(numbers, Math.max(1, parts))
                    .filter(bytes -> {
                        ArrayList<?> part = JavaBytes.read(bytes, ArrayList.class);
                        return !part.get(0).equals(3);
                    });
            ArrayList<?> whole = MergeTree.merge(rows, ArrayList.class, ManyClassesTest::addAll);
            Object[] expected =
                    IntStream.range(0, parts).filter(i -> i != 3).boxed().toArray();
            if (whole == null) {
                assertThat(expected).isEmpty();
            } else {
                assertThat(whole.toArray()).containsExactlyInAnyOrder(expected);
            }
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // of integers
    private static void addAll(ArrayList whole, ArrayList part) {
        whole.addAll(part);
    }
}
